import { aFunction, needed, type OptionChecks, refuseOptions } from '../../messages';
import type { EventStore, ProjectionStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { closedVersionChecks } from './closed-versions';
import { commitChecks } from './commits';
import { deadLetterChecks } from './dead-letters';
import { documentChecks } from './documents';
import { findingChecks } from './finding';
import type { SceneCheck } from './fixtures';
import { leaseChecks } from './leases';
import { readChecks } from './reads';
import { revisionChecks } from './revisions';
import { transactionChecks } from './transactions';
import { versionChecks } from './versions';
import { eventsChecks } from './with-events';

/** What `projectionStoreContract` needs to know about a store. */
export interface ProjectionStoreContractOptions {
  /** Returns a new store without documents and checkpoints; called once for each case. */
  open(): ProjectionStore | Promise<ProjectionStore>;
  /** Called with the store of each case when the case is over. */
  close?(store: ProjectionStore): void | Promise<void>;
  /**
   * Returns the event store whose events the transactions of a store take. Leave it out where the events are elsewhere.
   */
  events?(store: ProjectionStore): EventStore;
}

const OPTIONS: OptionChecks<ProjectionStoreContractOptions> = {
  open: needed(aFunction),
  close: aFunction,
  events: aFunction,
};

/**
 * Returns what every `ProjectionStore` must hold, as cases for the test runner of your choice; each opens a store of
 * its own.
 *
 * @example for (const { name, run } of projectionStoreContract({ open: () => new MyProjectionStore() })) test(name,
 * run);
 */
export function projectionStoreContract(options: ProjectionStoreContractOptions): readonly ContractCase[] {
  refuseOptions('projectionStoreContract', options ?? null, OPTIONS);
  const { open, close, events } = options;
  const alone = Object.entries({
    ...documentChecks,
    ...findingChecks,
    ...commitChecks,
    ...readChecks,
    ...versionChecks,
    ...closedVersionChecks,
  });
  const beside = events ? Object.entries(eventsChecks) : [];
  const checks: [string, SceneCheck][] = [
    ...alone.map(([name, check]): [string, SceneCheck] => [name, ({ store }) => check(store)]),
    ...Object.entries({ ...revisionChecks, ...leaseChecks, ...deadLetterChecks, ...transactionChecks }),
    ...beside.map(([name, check]): [string, SceneCheck] => [
      name,
      ({ store, events }) => check({ store, events: events! }),
    ]),
  ];
  return checks.map(([name, check]) => ({
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
