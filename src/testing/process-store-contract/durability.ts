import assert from 'node:assert/strict';
import { type Check, deadline, filled, HOUR_MS, input, kept, output, PROCESS, whole } from './fixtures';

/** What is left when a store has been closed and is opened again. */
export const durability: Readonly<Record<string, Check>> = {
  'keeps inputs, outputs and deadlines when it is closed and opened again': async scene => {
    const at = scene.now() - HOUR_MS;
    await filled(
      scene,
      {
        inputs: [input('i'), input('e', { kind: 'event', position: 7n, status: 'waiting', note: 'broken' })],
        outputs: [output('c', { content: { text: 'Grüße 🎈' } }), output('d', { instance: 'order-2' })],
        deadlines: [deadline('k', at, { content: { n: 1 } }), deadline('k', at, { instance: 'order-2' })],
        hold: [{ instance: 'order-1', held: true }],
      },
      { outputs: [output('d', { instance: 'order-2', status: 'done' })] },
    );
    await scene.processes.schedule('$schedule', [deadline('x', at)]);
    await scene.processes.schedule('$schedule', [deadline('y', at)]);
    await scene.processes.unschedule('$schedule', 'order-1', 'y');
    const [before, inputs] = [await kept(scene), await scene.processes.inputs(PROCESS)];
    const again = await scene.reopened();
    assert.deepEqual(await kept(again), before);
    assert.deepEqual(await again.processes.inputs(PROCESS), inputs);
    const { deadlines } = await again.processes.due([whole(), whole('$schedule')], 10);
    assert.deepEqual(
      deadlines.map(({ process, instance, key }) => `${process} ${instance} ${key}`),
      [`${PROCESS} order-2 k`, '$schedule order-1 x'],
    );
    await filled(again, { inputs: [input('j')] });
    const entries = (await again.processes.inputs(PROCESS)).map(({ entry }) => entry);
    assert.ok(entries[2]! > entries[1]!);
  },

  'has nothing of a process whose last version was dropped before it was opened again': async scene => {
    await filled(scene, { inputs: [input('i')], outputs: [output('c')], deadlines: [deadline('k', 1)] });
    await scene.store.drop(PROCESS, 1);
    assert.deepEqual(await kept(await scene.reopened()), { inputs: [], outputs: [], deadlines: [] });
  },
};
