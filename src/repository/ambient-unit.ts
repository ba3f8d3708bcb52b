import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventStore } from '../store';
import type { UnitOfWork } from './unit-of-work';

const units = new AsyncLocalStorage<UnitOfWork | undefined>();
/** The stores of repositories that were created by hand: handlers may use these without passing their unit of work. */
const stores = new WeakSet<EventStore>();

/** Registers the store of a repository that finds its unit of work by itself. */
export const expectRepositories = (store: EventStore): void => void stores.add(store);

/**
 * Tells whether a repository created by hand may look for the unit of a handler. If none can, the handler runs without
 * AsyncLocalStorage, which slows down every promise of the process on Node 20; injected repositories do not need it.
 */
export function isLookedFor(unit: UnitOfWork): boolean {
  for (const store of unit.stores) if (stores.has(store)) return true;
  return false;
}

/** Runs a handler so that repositories created by hand find its unit of work. */
export const runInUnit = <T>(unit: UnitOfWork, work: () => T): T => units.run(unit, work);

/** Tells whether the caller runs in a unit of work that repositories created by hand can find. */
export const isInUnit = (): boolean => units.getStore() !== undefined;

/** Runs work outside the unit of work of the current handler. */
export const runOutsideOfUnits = <T>(work: () => T): T => units.run(undefined, work);

/** Returns the unit of work of the current handler, if it includes this store. */
export function unitOver(store: EventStore): UnitOfWork | undefined {
  const unit = units.getStore();
  return unit?.stores.includes(store) ? unit : undefined;
}
