import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventStore } from '../store';
import type { UnitOfWork } from './unit-of-work';

const units = new AsyncLocalStorage<UnitOfWork | undefined>();
/**
 * The stores over which a repository was made by hand: a handler may use it without anything having told it of the
 * handler.
 */
const stores = new WeakSet<EventStore>();

/** Says that there is a repository over a store that finds its unit of work by itself. */
export const expectRepositories = (store: EventStore): void => void stores.add(store);

/**
 * Runs a handler so that repositories made by hand find its unit of work. Where there is none over its store, the
 * handler just runs: on Node 20 AsyncLocalStorage makes every promise of the process dearer, and injected repositories
 * do not need it.
 */
export function runInUnit<T>(unit: UnitOfWork, work: () => T): T {
  for (const store of unit.stores) if (stores.has(store)) return units.run(unit, work);
  return work();
}

/** Runs what does not belong to the unit of work of the handler that asks for it. */
export function runOutsideOfUnits<T>(work: () => T): T {
  return units.getStore() ? units.run(undefined, work) : work();
}

/** Returns the unit of work of the handler that is running, where it is one over this store. */
export function unitOver(store: EventStore): UnitOfWork | undefined {
  const unit = units.getStore();
  return unit?.stores.includes(store) ? unit : undefined;
}
