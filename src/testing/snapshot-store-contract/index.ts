import { aFunction, needed, type OptionChecks, refuseOptions } from '../../messages';
import type { SnapshotStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { withStore } from '../part-contract';
import { checks, durability } from './checks';

/** What `snapshotStoreContract` needs to know about a store. */
export interface SnapshotStoreContractOptions {
  /** Returns a new store without snapshots; called once for each case. */
  open(): SnapshotStore | Promise<SnapshotStore>;
  /** Called with each store that a case has opened: when the case is over, and before `reopen`. */
  close?(store: SnapshotStore): void | Promise<void>;
  /**
   * Returns a store on the data of the one given, which `close` has closed before. Give it when snapshots outlive the
   * store: it adds the case about durability.
   */
  reopen?(closed: SnapshotStore): SnapshotStore | Promise<SnapshotStore>;
}

const OPTIONS: OptionChecks<SnapshotStoreContractOptions> = {
  open: needed(aFunction),
  close: aFunction,
  reopen: aFunction,
};

/**
 * Returns the cases that every `SnapshotStore` must pass, for the test runner of your choice; each opens a store of its
 * own.
 *
 * @example for (const { name, run } of snapshotStoreContract({ open: () => new MySnapshotStore() })) test(name, run);
 */
export function snapshotStoreContract(options: SnapshotStoreContractOptions): readonly ContractCase[] {
  refuseOptions('snapshotStoreContract', options ?? null, OPTIONS);
  return Object.entries({ ...checks, ...(options.reopen && durability) }).map(([name, check]) => ({
    name,
    run: () => withStore(options, check),
  }));
}
