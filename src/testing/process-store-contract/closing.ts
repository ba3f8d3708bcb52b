import assert from 'node:assert/strict';
import type { ProjectionStore } from '../../store';
import { type Check, changed, deadline, filled, input, PROCESS, refused, whole } from './fixtures';

/** What is left of a store after its end. */
export const closedCheck = (
  close: (store: ProjectionStore) => void | Promise<void>,
): Readonly<Record<string, Check>> => ({
  'refuses every call after it was closed': async scene => {
    await filled(scene, { inputs: [input('i')] });
    const { store, processes } = scene;
    await close(store);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => processes.due([whole()], 1),
      () => processes.schedule(PROCESS, [deadline('k', 1)]),
      () => processes.unschedule(PROCESS, 'order-1', 'k'),
      () => processes.inputs(PROCESS),
      () => processes.outputs(PROCESS),
      () => processes.deadlines(PROCESS),
      () =>
        store.commit({
          checkpoint: { projection: PROCESS, version: 1, segment: 0 },
          from: 1n,
          to: 2n,
          writes: [],
          process: {},
        }),
    ];
    for (const call of calls) await refused('STORE_CLOSED', call);
    const failed = await changed(scene, {}).catch((error: { code?: string }) => error);
    assert.equal((failed as { code?: string }).code, 'STORE_CLOSED');
  },
});
