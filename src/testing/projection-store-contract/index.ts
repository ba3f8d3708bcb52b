import type { EventStore, ProcessingStore, ProjectionStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { commitChecks } from './commits';
import { deadLetterChecks } from './dead-letters';
import { documentChecks } from './documents';
import { findingChecks } from './finding';
import type { ProcessingCheck } from './fixtures';
import { leaseChecks } from './leases';
import { revisionChecks } from './revisions';
import { transactionChecks } from './transactions';
import { versionChecks } from './versions';
import { eventsChecks } from './with-events';

/** What `projectionStoreContract` needs to know about a store. */
export interface ProjectionStoreContractOptions<Store extends ProjectionStore = ProjectionStore> {
  /** Returns a new store without documents and checkpoints; called once for each case. */
  open(): Store | Promise<Store>;
  /** Called with the store of each case when the case is over. */
  close?(store: Store): void | Promise<void>;
  /** Returns the event store whose events the transactions of a store take. Leave it out where the events are elsewhere. */
  events?(store: Store): EventStore;
}

/**
 * Returns what every `ProjectionStore` must hold, as cases for the test runner of your choice; each opens a store of its own.
 *
 * @example for (const { name, run } of projectionStoreContract({ open: () => new MyProjectionStore() })) test(name, run);
 */
export function projectionStoreContract({ open, close }: ProjectionStoreContractOptions): readonly ContractCase[] {
  return Object.entries({ ...documentChecks, ...findingChecks, ...commitChecks, ...versionChecks }).map(([name, check]) => ({
    name,
    async run() {
      const store = await open();
      try {
        await check(store);
      } finally {
        await close?.(store);
      }
    },
  }));
}

/** The newer part of the contract: what follows events needs more than documents and checkpoints. */
export function processingStoreContract({ open, close, events }: ProjectionStoreContractOptions<ProcessingStore>): readonly ContractCase[] {
  const checks = Object.entries({ ...revisionChecks, ...leaseChecks, ...deadLetterChecks, ...transactionChecks });
  const beside = Object.entries(eventsChecks).map(([name, check]): [string, ProcessingCheck] => [
    name,
    ({ store, events }) => check({ store, events: events! }),
  ]);
  return [...checks, ...(events ? beside : [])].map(([name, check]) => ({
    name,
    async run() {
      const store = await open();
      try {
        await check({ store, events: events?.(store) });
      } finally {
        await close?.(store);
      }
    },
  }));
}
