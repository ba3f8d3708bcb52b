import assert from 'node:assert/strict';
import { aFunction, needed, type OptionChecks, refuseOptions } from '../../messages';
import type { ProjectionStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { withStore } from '../part-contract';
import { changeChecks } from './changes';
import { argumentChecks, contentChecks } from './checks';
import { closedCheck } from './closing';
import { commitChecks } from './commits';
import { clockChecks, dueChecks, scheduleChecks, waitingChecks } from './deadlines';
import { durability } from './durability';
import type { Check, Scene, SettableClock } from './fixtures';
import { pageChecks } from './pages';

/** What `processStoreContract` needs to know about a store. */
export interface ProcessStoreContractOptions {
  /** Returns a new projection store with `processes`, in which nothing is stored; called once for each case. */
  open(): ProjectionStore | Promise<ProjectionStore>;
  /** Called with each store that a case has opened: when the case is over, and before `reopen`. */
  close?(store: ProjectionStore): void | Promise<void>;
  /**
   * Returns a store on the data of the one given, which `close` has closed before. Give it when the data outlive the
   * store: it adds the cases about durability.
   */
  reopen?(closed: ProjectionStore): ProjectionStore | Promise<ProjectionStore>;
  /** Returns the clock of a store. Give it where a test can set it: it adds cases about time to the millisecond. */
  clock?(store: ProjectionStore): SettableClock;
}

const OPTIONS: OptionChecks<ProcessStoreContractOptions> = {
  open: needed(aFunction),
  close: aFunction,
  reopen: aFunction,
  clock: aFunction,
};

/** What every store must hold. */
const CHECKS: Readonly<Record<string, Check>> = {
  ...commitChecks,
  ...changeChecks,
  ...dueChecks,
  ...scheduleChecks,
  ...pageChecks,
  ...contentChecks,
  ...argumentChecks,
};

/**
 * Returns what every `ProcessStore` must hold, as cases for the test runner of your choice; each opens a store of its
 * own. The cases about durability come with `reopen`, those about closed stores with `close`, and those about time to
 * the millisecond with `clock`.
 *
 * @example for (const { name, run } of processStoreContract({ open: () => new MyProjectionStore() })) test(name, run);
 */
export function processStoreContract(options: ProcessStoreContractOptions): readonly ContractCase[] {
  refuseOptions('processStoreContract', options ?? null, OPTIONS);
  const { close, reopen, clock } = options;
  const byClock = Object.entries(clock ? clockChecks : {}).map(([name, check]): [string, Check] => [
    name,
    scene => check(scene, clock!(scene.store)),
  ]);
  const checks = {
    ...CHECKS,
    ...(clock ? {} : waitingChecks),
    ...(reopen && durability),
    ...(close && closedCheck(close)),
  };
  return [...Object.entries(checks), ...byClock].map(([name, check]) => ({ name, run: () => play(check, options) }));
}

function play(check: Check, options: ProcessStoreContractOptions): Promise<void> {
  return withStore(options, (first, reopened) => check(sceneOf(first, options, reopened)));
}

function sceneOf(
  store: ProjectionStore,
  options: ProcessStoreContractOptions,
  reopened: () => Promise<ProjectionStore>,
): Scene {
  const { processes } = store;
  assert.ok(processes, 'the store keeps no processes');
  return {
    ...{ store, processes },
    now: () => Math.floor(options.clock?.(store).now() ?? Date.now()),
    reopened: async () => sceneOf(await reopened(), options, reopened),
  };
}
