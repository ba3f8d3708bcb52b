import assert from 'node:assert/strict';
import type { ProjectionCommit } from '../../store';
import {
  type Check,
  changed,
  deadline,
  filled,
  HOUR_MS,
  input,
  kept,
  output,
  PROCESS,
  prepared,
  stored,
} from './fixtures';

const segment = { projection: PROCESS, version: 1, segment: 0 };
const NOTHING = { inputs: [], outputs: [], deadlines: [] };

/** What changes together with documents and checkpoint. */
export const commitChecks: Readonly<Record<string, Check>> = {
  'has nothing of a process before its first commit': async scene => {
    await prepared(scene.store);
    assert.deepEqual(await kept(scene), NOTHING);
    assert.deepEqual(await kept(scene, 'unknown'), NOTHING);
  },

  'stores inputs, outputs, deadlines and documents together with the checkpoint': async scene => {
    const { store, now } = scene;
    await prepared(store);
    const event = input('e-7', { kind: 'event', position: 2n ** 63n - 1n, content: undefined, note: 'noted' });
    const due = deadline('payment', now() + HOUR_MS, { content: { cents: 900, to: ['a', null] } });
    const process = {
      inputs: [event, input('d-1', { kind: 'deadline', hash: 2 ** 32 - 1, run: 2 ** 31 - 1, status: 'waiting' })],
      outputs: [output('c-1', { note: 'why', status: 'rejected' }), output('c-2', { hash: 0 })],
      deadlines: [due],
    };
    const writes = [{ readModel: PROCESS, version: 1, id: 'order-1', document: { paid: false } }];
    assert.deepEqual(await changed(scene, process, { writes }), { ok: true });
    assert.deepEqual(await kept(scene), {
      inputs: process.inputs.map(({ content, ...rest }) => (content ? { ...rest, content } : rest)),
      outputs: process.outputs.map(each => ({ ...each, held: false })),
      deadlines: [stored(due)],
    });
    assert.deepEqual((await store.get(PROCESS, 1, ['order-1'])).get('order-1'), { paid: false });
    assert.equal(await store.checkpoint(segment), 1n);
  },

  'changes a process without moving the checkpoint': async scene => {
    await filled(scene, { outputs: [output('c-1')] });
    const outcome = await changed(scene, { outputs: [output('c-1', { status: 'done' })] }, { to: 1n });
    assert.deepEqual([outcome, await scene.store.checkpoint(segment)], [{ ok: true }, 1n]);
    assert.deepEqual((await kept(scene)).outputs, [{ ...output('c-1', { status: 'done' }), held: false }]);
  },

  'keeps processes apart by name': async scene => {
    const names = [PROCESS, 'other', '__proto__', "it's", 'Grüße 🎈'];
    for (const [place, name] of names.entries()) {
      await prepared(scene.store, name);
      const checkpoint = { projection: name, version: 1, segment: 0 };
      const process = {
        inputs: [input('same', { run: place + 1 })],
        outputs: [output('same', { run: place + 1 })],
        deadlines: [deadline('same', place)],
      };
      assert.deepEqual(await changed(scene, process, { checkpoint }), { ok: true });
    }
    for (const [place, name] of names.entries())
      assert.deepEqual(await kept(scene, name), {
        inputs: [input('same', { run: place + 1 })],
        outputs: [{ ...output('same', { run: place + 1 }), held: false }],
        deadlines: [stored(deadline('same', place), { process: name })],
      });
  },

  'has one process for all versions and segments': async scene => {
    await filled(scene, { inputs: [input('a')], outputs: [output('a')] });
    await prepared(scene.store, PROCESS, 2);
    const checkpoint = { projection: PROCESS, version: 2, segment: 3 };
    const process = { inputs: [input('a', { status: 'noted' }), input('b')] };
    assert.deepEqual(await changed(scene, process, { checkpoint }), { ok: true });
    const { inputs, outputs } = await kept(scene);
    assert.deepEqual(inputs, [input('a', { status: 'noted' }), input('b')]);
    assert.equal(outputs.length, 1);
  },

  'changes nothing when a commit is refused': async scene => {
    const { store, now } = scene;
    const at = now() + HOUR_MS;
    await filled(scene, { inputs: [input('i')], outputs: [output('c')], deadlines: [deadline('d', at)] });
    const before = await kept(scene);
    const claimed = await store.leases.claim(segment, { owner: 'one', duration: 60_000 });
    assert.ok(claimed.ok);
    const process = {
      ...{ ends: ['order-1'], inputs: [input('i', { status: 'noted' }), input('j')], outputs: [output('c2')] },
      ...{ deadlines: [deadline('d', at + 1, { id: 'moved' })], hold: [{ instance: 'order-1', held: true }] },
    };
    const wrong: readonly Partial<ProjectionCommit>[] = [
      { from: 0n },
      { from: 2n, to: 2n },
      { fence: claimed.fence + 1n },
      { reads: [{ readModel: PROCESS, version: 1, id: 'order-1', document: {} }] },
      { retried: 1n },
    ];
    for (const more of wrong) {
      const outcome = await changed(scene, process, more);
      assert.equal(outcome.ok, false, Object.keys(more).join());
      assert.deepEqual(await kept(scene), before);
    }
    assert.deepEqual(await changed(scene, process, { fence: claimed.fence }), { ok: true });
    assert.notDeepEqual(await kept(scene), before);
  },

  'changes nothing when the work of a commit throws': async scene => {
    await prepared(scene.store);
    const error = new Error('on purpose');
    const work = [
      () => {
        throw error;
      },
    ];
    const failed = await changed(scene, { inputs: [input('i')] }, { work }).catch((thrown: unknown) => thrown);
    assert.equal(failed, error);
    assert.deepEqual(await kept(scene), NOTHING);
    assert.deepEqual(await changed(scene, { inputs: [input('i')] }, { work: [() => undefined] }), { ok: true });
    assert.equal((await kept(scene)).inputs.length, 1);
  },

  'changes a process together with dead letters': async scene => {
    await prepared(scene.store);
    const park = [{ sequence: 'order-1', position: 1n, error: 'broken', attempts: 1 }];
    assert.deepEqual(await changed(scene, { inputs: [input('i')] }, { park }), { ok: true });
    assert.equal((await kept(scene)).inputs.length, 1);
    assert.equal((await scene.store.deadLetters.list({ projection: PROCESS, version: 1 })).length, 1);
  },

  'commits processes with a transaction, and takes them back with it': async scene => {
    const { store } = scene;
    await prepared(store);
    const error = new Error('on purpose');
    const commit: ProjectionCommit = {
      ...{ checkpoint: segment, from: 0n, to: 1n, writes: [] },
      process: { inputs: [input('i')], outputs: [output('c')], deadlines: [deadline('d', 0)] },
    };
    const failed = await store
      .transaction(async transaction => {
        assert.deepEqual(await transaction.commit(commit), { ok: true });
        throw error;
      })
      .catch((thrown: unknown) => thrown);
    assert.equal(failed, error);
    assert.deepEqual(await kept(scene), NOTHING);
    await store.transaction(async transaction => {
      assert.deepEqual(await transaction.commit(commit), { ok: true });
      const next = { inputs: [input('i', { status: 'noted' })], outputs: [output('c', { status: 'done' })] };
      assert.deepEqual(await transaction.commit({ ...commit, from: 1n, to: 2n, process: next }), { ok: true });
    });
    assert.deepEqual(await kept(scene), {
      inputs: [input('i', { status: 'noted' })],
      outputs: [{ ...output('c', { status: 'done' }), held: false }],
      deadlines: [stored(deadline('d', 0))],
    });
  },

  'accepts the changes of one of two owners, by the fence': async scene => {
    const { store } = scene;
    await prepared(store);
    for (let round = 0; round < 10; round++) {
      const duration = 60_000;
      const first = await store.leases.claim(segment, { owner: 'first', duration });
      assert.ok(first.ok);
      await store.leases.release(segment, { owner: 'first', fence: first.fence });
      const second = await store.leases.claim(segment, { owner: 'second', duration });
      assert.ok(second.ok);
      const outcomes = await Promise.all(
        [first, second].map(({ fence }, owner) =>
          changed(scene, { outputs: [output(`${round}`, { run: owner + 1 })] }, { fence }),
        ),
      );
      assert.deepEqual(
        outcomes.map(({ ok }) => ok),
        [false, true],
      );
      await store.leases.release(segment, { owner: 'second', fence: second.fence });
    }
    const runs = (await scene.processes.outputs(PROCESS)).map(({ run }) => run);
    assert.deepEqual(
      runs,
      Array.from({ length: 10 }, () => 2),
    );
  },

  'accepts exactly one of many commits from the same checkpoint, with all of its changes': async scene => {
    await prepared(scene.store);
    for (const from of [0n, 1n, 2n]) {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, by) => {
          const process = { inputs: [input(`${from}-${by}`)], deadlines: [deadline(`${from}`, by, { id: `${by}` })] };
          return changed(scene, process, { from, to: from + 1n });
        }),
      );
      const winners = outcomes.flatMap(({ ok }, by) => (ok ? [by] : []));
      const { inputs, deadlines } = await kept(scene);
      assert.equal(winners.length, 1);
      assert.deepEqual(inputs.at(-1), input(`${from}-${winners[0]}`));
      assert.deepEqual(
        [inputs.length, deadlines.at(-1)],
        [Number(from) + 1, stored(deadline(`${from}`, winners[0]!, { id: `${winners[0]}` }))],
      );
    }
  },

  'segments commit at once': async scene => {
    await prepared(scene.store);
    const run = async (number: number): Promise<void> => {
      const checkpoint = { ...segment, segment: number };
      for (let page = 0; page < 10; page++) {
        const items = Array.from({ length: 5 }, (_, n) => `${number}-${page}-${n}`);
        const process = {
          inputs: items.map(id => input(id, { instance: `${number}`, hash: number })),
          outputs: items.map(id => output(id, { instance: `${number}`, hash: number })),
          deadlines: [deadline('next', page, { instance: `${number}`, hash: number })],
        };
        assert.deepEqual(await changed(scene, process, { checkpoint }), { ok: true });
      }
    };
    await Promise.all([run(0), run(1), run(2), run(3)]);
    const { inputs, outputs, deadlines } = await kept(scene);
    assert.deepEqual([inputs.length, outputs.length, deadlines.length], [200, 200, 4]);
    for (const number of [0, 1, 2, 3]) {
      const ofOne = await scene.processes.inputs(PROCESS, { segment: { segments: 4, segment: number } });
      const expected = Array.from({ length: 50 }, (_, n) => `${number}-${Math.floor(n / 5)}-${n % 5}`);
      assert.deepEqual(
        ofOne.map(({ id }) => id),
        expected,
      );
    }
  },

  'drops a process with its last version': async scene => {
    await filled(scene, { inputs: [input('i')], outputs: [output('c')], deadlines: [deadline('d', 0)] });
    await prepared(scene.store, 'other');
    const checkpoint = { projection: 'other', version: 1, segment: 0 };
    assert.deepEqual(await changed(scene, { inputs: [input('i')] }, { checkpoint }), { ok: true });
    await prepared(scene.store, PROCESS, 2);
    const before = await kept(scene);
    assert.equal(await scene.store.drop(PROCESS, 1), true);
    assert.deepEqual(await kept(scene), before);
    assert.equal(await scene.store.drop(PROCESS, 2), true);
    assert.deepEqual(await kept(scene), NOTHING);
    assert.equal((await kept(scene, 'other')).inputs.length, 1);
  },

  'drops a process whose versions are all dropped at once': async scene => {
    const versions = [1, 2, 3, 4];
    for (let round = 0; round < 5; round++) {
      for (const version of versions) await prepared(scene.store, PROCESS, version);
      assert.deepEqual(await changed(scene, { inputs: [input('i')], deadlines: [deadline('d', 0)] }), { ok: true });
      await Promise.all(versions.map(version => scene.store.drop(PROCESS, version)));
      assert.deepEqual(await kept(scene), NOTHING);
    }
  },
};
