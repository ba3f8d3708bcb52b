import { aFunction, needed, type OptionChecks, refuseOptions } from '../../messages';
import type { SnapshotStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { checks } from './checks';

/** What `snapshotStoreContract` needs to know about a store. */
export interface SnapshotStoreContractOptions {
  /** Returns a new store without snapshots; called once for each case. */
  open(): SnapshotStore | Promise<SnapshotStore>;
  /** Called with the store of each case when the case is over. */
  close?(store: SnapshotStore): void | Promise<void>;
}

const OPTIONS: OptionChecks<SnapshotStoreContractOptions> = { open: needed(aFunction), close: aFunction };

/**
 * Returns what every `SnapshotStore` must hold, as cases for the test runner of your choice; each opens a store of its
 * own.
 *
 * @example for (const { name, run } of snapshotStoreContract({ open: () => new MySnapshotStore() })) test(name, run);
 */
export function snapshotStoreContract(options: SnapshotStoreContractOptions): readonly ContractCase[] {
  refuseOptions('snapshotStoreContract', options ?? null, OPTIONS);
  const { open, close } = options;
  return Object.entries(checks).map(([name, check]) => ({
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
