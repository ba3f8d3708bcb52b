import { aFunction, needed, type OptionChecks, refuseOptions } from '../../messages';
import type { EventStore, ProjectionStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { withStore } from '../part-contract';
import { bulkChecks } from './bulk';
import { closedVersionChecks } from './closed-versions';
import { commitChecks } from './commits';
import { deadLetterChecks } from './dead-letters';
import { documentChecks } from './documents';
import { durability, durabilityWithEvents } from './durability';
import { findingChecks } from './finding';
import type { Check, EventsCheck, Scene, SceneCheck } from './fixtures';
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
  /** Called with each store that a case has opened: when the case is over, and before `reopen`. */
  close?(store: ProjectionStore): void | Promise<void>;
  /**
   * Returns a store on the data of the one given, which `close` has closed before. Give it when the data outlive the
   * store: it adds the cases about durability.
   */
  reopen?(closed: ProjectionStore): ProjectionStore | Promise<ProjectionStore>;
  /**
   * Returns the event store whose events the transactions of a store take. Leave it out where the events are elsewhere.
   */
  events?(store: ProjectionStore): EventStore;
}

const OPTIONS: OptionChecks<ProjectionStoreContractOptions> = {
  open: needed(aFunction),
  close: aFunction,
  reopen: aFunction,
  events: aFunction,
};

/** What every store must hold. */
const CHECKS: Readonly<Record<string, SceneCheck>> = {
  ...ofStore({
    ...documentChecks,
    ...findingChecks,
    ...commitChecks,
    ...readChecks,
    ...versionChecks,
    ...closedVersionChecks,
  }),
  ...revisionChecks,
  ...leaseChecks,
  ...bulkChecks,
  ...deadLetterChecks,
  ...transactionChecks,
};

/**
 * Returns the cases that every `ProjectionStore` must pass, for the test runner of your choice; each opens a store of
 * its own. The cases about durability come with `reopen`, those about events of the same store with `events`.
 *
 * @example for (const { name, run } of projectionStoreContract({ open: () => new MyProjectionStore() })) test(name,
 * run);
 */
export function projectionStoreContract(options: ProjectionStoreContractOptions): readonly ContractCase[] {
  refuseOptions('projectionStoreContract', options ?? null, OPTIONS);
  const { reopen, events } = options;
  const withEvents: Readonly<Record<string, EventsCheck>> = {
    ...(events && eventsChecks),
    ...(events && reopen && durabilityWithEvents),
  };
  return Object.entries({ ...CHECKS, ...(reopen && durability), ...(withEvents as typeof CHECKS) }).map(
    ([name, check]) => ({ name, run: () => play(check, options) }),
  );
}

function ofStore(checks: Readonly<Record<string, Check>>): Readonly<Record<string, SceneCheck>> {
  const onScenes = Object.entries(checks).map(([name, check]) => [name, ({ store }: Scene) => check(store)]);
  return Object.fromEntries(onScenes);
}

function play(check: SceneCheck, options: ProjectionStoreContractOptions): Promise<void> {
  return withStore(options, (first, reopened) => {
    const scene = (store: ProjectionStore): Scene => ({
      store,
      events: options.events?.(store),
      reopened: async () => scene(await reopened()),
    });
    return check(scene(first));
  });
}
