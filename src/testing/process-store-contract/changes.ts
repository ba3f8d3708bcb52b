import assert from 'node:assert/strict';
import {
  type Check,
  changed,
  deadline,
  filled,
  HOUR_MS,
  idsOf,
  input,
  kept,
  keysOf,
  output,
  PROCESS,
  stored,
} from './fixtures';

/** What the parts of a commit do, and in which order. */
export const changeChecks: Readonly<Record<string, Check>> = {
  'an input that is recorded again changes its status, note and run only': async scene => {
    await filled(scene, { inputs: [input('i', { status: 'waiting', note: 'broken' }), input('j')] });
    const [first] = await scene.processes.inputs(PROCESS);
    const other = { instance: 'order-2', hash: 8, run: 2, kind: 'event', position: 7n, content: { n: 2 } } as const;
    assert.deepEqual(await changed(scene, { inputs: [input('i', { ...other, status: 'handled' })] }), { ok: true });
    const [again] = await scene.processes.inputs(PROCESS);
    assert.deepEqual((await kept(scene)).inputs, [input('i', { run: 2 }), input('j')]);
    assert.deepEqual([again?.entry, again?.at], [first?.entry, first?.at]);
    assert.deepEqual(await scene.processes.inputs(PROCESS, { instance: 'order-2' }), []);
  },

  'an output that is recorded again changes its status and note only': async scene => {
    await filled(scene, { outputs: [output('c'), output('d')] });
    const [first] = await scene.processes.outputs(PROCESS);
    const other = { instance: 'order-2', hash: 8, run: 2, input: 'j', content: { n: 2 }, note: 'no stock' } as const;
    assert.deepEqual(await changed(scene, { outputs: [output('c', { ...other, status: 'rejected' })] }), { ok: true });
    const [again] = await scene.processes.outputs(PROCESS);
    assert.deepEqual((await kept(scene)).outputs, [
      { ...output('c', { status: 'rejected', note: 'no stock' }), held: false },
      { ...output('d'), held: false },
    ]);
    assert.deepEqual([again?.entry, again?.at], [first?.entry, first?.at]);
  },

  'an outcome changes the status and note of a stored output, and is ignored if there is none': async scene => {
    await filled(
      scene,
      {
        outputs: [output('a', { note: 'late' }), output('b'), output('c'), output('d')],
        hold: [{ instance: 'order-1', held: true }],
      },
      {
        ends: ['order-1'],
        outputs: [output('e')],
        outcomes: [
          { id: 'a', status: 'done' },
          { id: 'b', status: 'rejected', note: 'no stock' },
          { id: 'c', status: 'pending' },
          { id: 'unknown', status: 'done' },
          { id: 'e', status: 'rejected' },
          { id: 'e', status: 'done', note: 'last' },
        ],
      },
    );
    assert.deepEqual((await kept(scene)).outputs, [
      { ...output('a', { status: 'done' }), held: false },
      { ...output('b', { status: 'rejected', note: 'no stock' }), held: false },
      { ...output('c'), held: false },
      { ...output('d', { status: 'cancelled' }), held: false },
      { ...output('e', { status: 'done', note: 'last' }), held: false },
    ]);
  },

  'an outcome does not release an output that stays pending': async scene => {
    await filled(
      scene,
      { outputs: [output('a'), output('b')], hold: [{ instance: 'order-1', held: true }] },
      { outcomes: (['pending', 'done'] as const).map((status, place) => ({ id: 'ab'[place]!, status })) },
    );
    assert.deepEqual(idsOf(await scene.processes.outputs(PROCESS, { held: true })), ['a']);
    assert.deepEqual(idsOf(await scene.processes.outputs(PROCESS, { status: 'pending', held: false })), []);
  },

  'of several inputs, outputs or deadlines of one id or key in a commit, the last one decides': async scene => {
    await filled(scene, {
      inputs: [input('i', { status: 'waiting', run: 3 }), input('j'), input('i', { note: 'last', run: 4 })],
      outputs: [output('c', { run: 3 }), output('d'), output('c', { status: 'done', note: 'last', run: 4 })],
      deadlines: [deadline('k', 1), deadline('l', 2), deadline('k', 3, { id: 'last' })],
      hold: [
        { instance: 'order-1', held: true },
        { instance: 'order-1', held: false },
      ],
    });
    assert.deepEqual(await kept(scene), {
      inputs: [input('i', { note: 'last', run: 4 }), input('j')],
      outputs: [
        { ...output('c', { status: 'done', note: 'last', run: 3 }), held: false },
        { ...output('d'), held: false },
      ],
      deadlines: [stored(deadline('k', 3, { id: 'last' })), stored(deadline('l', 2))],
    });
  },

  'dates what is recorded, and counts it upwards': async ({ processes, store, now }) => {
    await filled({ store }, { inputs: [input('i')], outputs: [output('c')] }, { inputs: [input('j')] });
    const rows = [...(await processes.inputs(PROCESS)), ...(await processes.outputs(PROCESS))];
    for (const { at } of rows) {
      assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(Math.abs(Date.parse(at) - now()) < HOUR_MS, `recorded at ${at}`);
    }
    assert.ok(rows[0]!.entry < rows[1]!.entry);
    assert.ok(rows[0]!.entry > 0n);
  },

  'an instance that ends loses its deadlines, and its pending outputs are cancelled': async scene => {
    const other = { instance: 'order-2' };
    await filled(
      scene,
      {
        outputs: [
          output('a'),
          output('b', { status: 'done' }),
          output('c', { status: 'rejected' }),
          output('o', other),
        ],
        deadlines: [deadline('k', 1), deadline('l', 2), deadline('k', 3, other)],
      },
      { ends: ['order-1', 'unknown'] },
    );
    assert.deepEqual(
      (await scene.processes.outputs(PROCESS)).map(({ id, status }) => `${id} ${status}`),
      ['a cancelled', 'b done', 'c rejected', 'o pending'],
    );
    assert.deepEqual((await kept(scene)).deadlines, [stored(deadline('k', 3, other))]);
  },

  'what comes with the end of an instance stays: outputs and deadlines of its next run': async scene => {
    await filled(
      scene,
      { outputs: [output('a')], deadlines: [deadline('k', 1)], hold: [{ instance: 'order-1', held: true }] },
      { ends: ['order-1'], outputs: [output('b', { run: 2 })], deadlines: [deadline('k', 2, { id: 'next', run: 2 })] },
    );
    assert.deepEqual(await kept(scene), {
      inputs: [],
      outputs: [
        { ...output('a', { status: 'cancelled' }), held: false },
        { ...output('b', { run: 2 }), held: false },
      ],
      deadlines: [stored(deadline('k', 2, { id: 'next', run: 2 }))],
    });
  },

  'an output that is recorded with the end of its instance has the status given': async scene => {
    await filled(
      scene,
      { outputs: [output('a'), output('b')] },
      { ends: ['order-1'], outputs: [output('a', { status: 'done' }), output('b')] },
    );
    assert.deepEqual(
      (await scene.processes.outputs(PROCESS)).map(({ status }) => status),
      ['done', 'pending'],
    );
  },

  'clears a deadline, and ignores one that is not there or has another id': async scene => {
    await filled(
      scene,
      { deadlines: [deadline('k', 1), deadline('l', 2), deadline('m', 3), deadline('k', 4, { instance: 'order-2' })] },
      {
        clear: [
          { instance: 'order-1', key: 'k' },
          { instance: 'order-1', key: 'l', id: 'another' },
          { instance: 'order-1', key: 'm', id: 'order-1/m' },
          { instance: 'order-1', key: 'unknown' },
          { instance: 'unknown', key: 'k', id: 'order-1/k' },
        ],
      },
    );
    assert.deepEqual((await kept(scene)).deadlines, [
      stored(deadline('l', 2)),
      stored(deadline('k', 4, { instance: 'order-2' })),
    ]);
  },

  'clears a deadline before it sets deadlines': async scene => {
    await filled(
      scene,
      { deadlines: [deadline('k', 1)] },
      { clear: [{ instance: 'order-1', key: 'k' }], deadlines: [deadline('k', 2, { id: 'again' })] },
    );
    assert.deepEqual((await kept(scene)).deadlines, [stored(deadline('k', 2, { id: 'again' }))]);
  },

  'moves a deadline that is set again': async scene => {
    const moved = deadline('k', 9, { id: 'moved', run: 2, hash: 8, content: { n: 1 } });
    await filled(scene, { deadlines: [deadline('k', 1, { content: { n: 0 } })] }, { deadlines: [moved] });
    assert.deepEqual((await kept(scene)).deadlines, [stored(moved)]);
    await filled(scene, { deadlines: [deadline('k', 5, { id: 'moved' })] });
    assert.deepEqual((await kept(scene)).deadlines, [stored(deadline('k', 5, { id: 'moved' }))]);
  },

  'holds the deadlines and pending outputs of an instance, and releases them': async scene => {
    const other = { instance: 'order-2' };
    await filled(scene, {
      outputs: [output('a'), output('b', { status: 'done' }), output('o', other)],
      deadlines: [deadline('k', 1), deadline('k', 2, other)],
    });
    const heldOnes = async (): Promise<string[]> => [
      ...idsOf(await scene.processes.outputs(PROCESS, { held: true })),
      ...(await scene.processes.deadlines(PROCESS)).filter(({ held }) => held).map(({ id }) => id),
    ];
    assert.deepEqual(await heldOnes(), []);
    await filled(scene, {
      hold: [
        { instance: 'order-1', held: true },
        { instance: 'unknown', held: true },
      ],
    });
    assert.deepEqual(await heldOnes(), ['a', 'order-1/k']);
    assert.deepEqual(idsOf(await scene.processes.outputs(PROCESS, { held: false })), ['b', 'o']);
    await filled(scene, {
      hold: [
        { instance: 'order-1', held: false },
        { instance: 'order-2', held: true },
      ],
    });
    assert.deepEqual(await heldOnes(), ['o', 'order-2/k']);
  },

  'holds what comes with the same commit, and not what comes later': async scene => {
    await filled(
      scene,
      { outputs: [output('a')], deadlines: [deadline('k', 1)], hold: [{ instance: 'order-1', held: true }] },
      { outputs: [output('b')], deadlines: [deadline('l', 2)] },
    );
    assert.deepEqual(idsOf(await scene.processes.outputs(PROCESS, { held: true })), ['a']);
    assert.deepEqual(keysOf((await scene.processes.deadlines(PROCESS)).filter(({ held }) => held)), ['k']);
  },

  'a held output is no longer held when it is not pending, and a held deadline that is moved stays held':
    async scene => {
      await filled(
        scene,
        {
          outputs: [output('a'), output('b'), output('c')],
          deadlines: [deadline('k', 1)],
          hold: [{ instance: 'order-1', held: true }],
        },
        {
          outputs: [output('a', { status: 'cancelled' }), output('b', { note: 'still' })],
          deadlines: [deadline('k', 0, { id: 'moved' })],
        },
        { outputs: [output('a')] },
      );
      assert.deepEqual(idsOf(await scene.processes.outputs(PROCESS, { held: true })), ['b', 'c']);
      assert.deepEqual((await kept(scene)).deadlines, [stored(deadline('k', 0, { id: 'moved' }), { held: true })]);
    },

  'forgets all of an instance, also what came with the same commit': async scene => {
    const other = { instance: 'order-2' };
    await filled(
      scene,
      {
        inputs: [input('i'), input('o', other)],
        outputs: [output('c'), output('d', { status: 'done' }), output('o', other)],
        deadlines: [deadline('k', 1), deadline('k', 2, other)],
      },
      { inputs: [input('j')], outputs: [output('e')], deadlines: [deadline('l', 1)], forget: ['order-1', 'unknown'] },
    );
    assert.deepEqual(await kept(scene), {
      inputs: [input('o', other)],
      outputs: [{ ...output('o', other), held: false }],
      deadlines: [stored(deadline('k', 2, other))],
    });
  },

  'counts on after it has forgotten what came last': async ({ processes, store }) => {
    await filled({ store }, { inputs: [input('i')], outputs: [output('c')] });
    const [[before], [out]] = [await processes.inputs(PROCESS), await processes.outputs(PROCESS)];
    await filled({ store }, { forget: ['order-1'] }, { inputs: [input('i')], outputs: [output('c')] });
    assert.deepEqual(idsOf(await processes.inputs(PROCESS, { after: before!.entry })), ['i']);
    assert.deepEqual(idsOf(await processes.outputs(PROCESS, { after: out!.entry })), ['c']);
  },

  'cuts notes to 4,000 characters, and replaces in them what no database takes': async scene => {
    const notes = ['x'.repeat(5000), 'a\0b', 'half \ud800 pair', ''];
    await filled(scene, {
      inputs: notes.map((note, place) => input(`${place}`, { note })),
      outputs: notes.map((note, place) => output(`${place}`, { note })),
    });
    const expected = ['x'.repeat(4000), 'a\ufffdb', 'half \ufffd pair', ''];
    const read = [await scene.processes.inputs(PROCESS), await scene.processes.outputs(PROCESS)];
    for (const rows of read)
      assert.deepEqual(
        rows.map(({ note }) => note),
        expected,
      );
  },
};
