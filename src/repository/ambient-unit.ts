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
 * Tells whether a repository made by hand may look for the unit of a handler. If none can, the handler just runs: on
 * Node 20 AsyncLocalStorage makes every promise of the process dearer, and injected repositories do not need it.
 */
export function isLookedFor(unit: UnitOfWork): boolean {
  for (const store of unit.stores) if (stores.has(store)) return true;
  return false;
}

/** Runs a handler so that repositories made by hand find its unit of work. */
export const runInUnit = <T>(unit: UnitOfWork, work: () => T): T => units.run(unit, work);

/** Tells whether this runs in a unit of work that repositories made by hand can find. */
export const isInUnit = (): boolean => units.getStore() !== undefined;

/** Runs what does not belong to the unit of work of the handler that asks for it. */
export const runOutsideOfUnits = <T>(work: () => T): T => units.run(undefined, work);

/** Returns the unit of work of the handler that is running, where it is one over this store. */
export function unitOver(store: EventStore): UnitOfWork | undefined {
  const unit = units.getStore();
  return unit?.stores.includes(store) ? unit : undefined;
}
