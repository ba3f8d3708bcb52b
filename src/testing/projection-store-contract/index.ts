import type { ProjectionStore } from '../../store';
import type { ContractCase } from '../event-store-contract';
import { commitChecks } from './commits';
import { documentChecks } from './documents';
import { findingChecks } from './finding';
import { versionChecks } from './versions';

/** What `projectionStoreContract` needs to know about a store. */
export interface ProjectionStoreContractOptions {
  /** Returns a new store without documents and checkpoints; called once for each case. */
  open(): ProjectionStore | Promise<ProjectionStore>;
  /** Called with the store of each case when the case is over. */
  close?(store: ProjectionStore): void | Promise<void>;
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
