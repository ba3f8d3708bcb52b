import assert from 'node:assert/strict';
import type { ProcessChanges } from '../../store';
import {
  type Check,
  changed,
  deadline,
  filled,
  input,
  kept,
  output,
  PROCESS,
  prepared,
  refused,
  whole,
} from './fixtures';

class Money {
  constructor(readonly cents: number) {}
}

const any = <T>(value: unknown): T => value as T;

/** Contents as they are stored, and arguments that no store takes. */
export const contentChecks: Readonly<Record<string, Check>> = {
  'no caller can change what it has handed in, and none what it was given': async scene => {
    const content = { list: [1, 2], text: 'a' };
    await prepared(scene.store);
    const changes = {
      inputs: [{ ...input('i'), content }],
      outputs: [{ ...output('c'), content }],
      deadlines: [{ ...deadline('k', 1), content }],
    };
    const checkpoint = { projection: PROCESS, version: 1, segment: 0 };
    const committing = scene.store.commit({ checkpoint, from: 0n, to: 1n, writes: [], process: changes });
    const scheduling = scene.processes.schedule('$schedule', changes.deadlines);
    const spoil = (each: { list?: number[]; text?: string }): void => {
      try {
        each.list?.push(3);
        each.text = 'b';
      } catch {
        // Frozen.
      }
    };
    spoil(content);
    changes.inputs.push(changes.inputs[0]!);
    assert.deepEqual(await committing, { ok: true });
    await scheduling;
    const read = async (): Promise<(object | undefined)[]> => [
      ...(await scene.processes.inputs(PROCESS)).map(each => each.content),
      ...(await scene.processes.outputs(PROCESS)).map(each => each.content),
      ...(await scene.processes.deadlines(PROCESS)).map(each => each.content),
      ...(await scene.processes.deadlines('$schedule')).map(each => each.content),
      ...(await scene.processes.due([whole()], 1)).deadlines.map(each => each.content),
    ];
    for (const each of await read()) spoil(each!);
    for (const each of await read()) assert.deepEqual(each, { list: [1, 2], text: 'a' });
    assert.equal((await read()).length, 5);
  },

  'returns contents as plain objects, whatever JSON can carry': async scene => {
    const content = { text: 'Grüße 🎈 \u0001 "', numbers: [0, -1.5, 1e300, 5e-324], nested: { none: null, yes: true } };
    await filled(scene, {
      inputs: [
        input('i', { content: new Money(7) }),
        input('j', { content: { ...content, gone: undefined, zero: -0 } }),
      ],
      outputs: [output('c', { content })],
      deadlines: [deadline('k', 1, { content })],
    });
    const { inputs, outputs, deadlines } = await kept(scene);
    const contents = [...inputs, ...outputs, ...deadlines].map(each => (each as { content: object }).content);
    assert.deepEqual(contents, [{ cents: 7 }, { ...content, zero: 0 }, content, content]);
    for (const each of contents) assert.equal(Object.getPrototypeOf(each), Object.prototype);
  },

  'takes contents of a megabyte': async scene => {
    const content = { text: 'x'.repeat(1_000_000) };
    await filled(scene, { outputs: [output('c', { content })], deadlines: [deadline('k', 1, { content })] });
    assert.deepEqual((await scene.processes.outputs(PROCESS))[0]?.content, content);
    assert.deepEqual((await scene.processes.deadlines(PROCESS))[0]?.content, content);
  },

  'refuses contents that JSON cannot carry, and changes nothing': async scene => {
    await prepared(scene.store);
    const wrong = [1n, new Date(), [undefined], Number.NaN, () => 1, new Map(), '\0', { nested: new Money(1) }];
    for (const value of wrong) {
      const content = { value };
      const calls: ProcessChanges[] = [
        { inputs: [input('ok'), input('i', { content })] },
        { outputs: [output('c', { content })] },
        { inputs: [input('ok')], deadlines: [deadline('k', 1, { content })] },
      ];
      for (const process of calls) await refused('UNSTORABLE_VALUE', () => changed(scene, process));
      await refused('UNSTORABLE_VALUE', () => scene.processes.schedule(PROCESS, [deadline('k', 1, { content })]));
    }
    assert.deepEqual(await kept(scene), { inputs: [], outputs: [], deadlines: [] });
  },
};

/** Arguments that no store takes. */
export const argumentChecks: Readonly<Record<string, Check>> = {
  'refuses a malformed process part of a commit, with all faults at once': async scene => {
    await prepared(scene.store);
    const process = {
      ends: ['', 'order-1'],
      inputs: [input('i', any({ kind: 'timer', hash: -1, run: 0, status: 'pending', note: 7 }))],
      outputs: [
        output('c', any({ id: 'x'.repeat(256), instance: 7, input: '\0', content: undefined, status: 'handled' })),
      ],
      outcomes: [any({ id: '', status: 'sent', note: 7 })],
      clear: [{ instance: 'order-1', key: '' }],
      deadlines: [deadline('k', 1.5, { hash: 2 ** 32 })],
      hold: [{ instance: 'order-1', held: 'yes' }],
      forget: [null],
    };
    const { faults = [] } = await refused('INVALID_COMMIT', () => changed(scene, any(process)));
    assert.equal(faults.length, 19, faults.join('\n'));
    const wrong: unknown[] = [
      ...[
        7,
        'all',
        null,
        { inputs: {} },
        { inputs: [null] },
        { outputs: [7] },
        { outcomes: [7] },
        { ends: 'order-1' },
        { hold: [true] },
      ],
      ...[{ inputs: [input('i', { kind: 'event' })] }, { inputs: [input('i', { position: 1n })] }],
      ...[{ inputs: [input('i', { kind: 'event', position: 0n })] }, { deadlines: [deadline('k', Number.NaN)] }],
      ...[
        { inputs: [input('i', { kind: 'event', position: 2n ** 63n })] },
        { outputs: [output('c', { run: 2 ** 31 })] },
      ],
    ];
    for (const each of wrong) await refused('INVALID_COMMIT', () => changed(scene, any(each)));
    assert.deepEqual(await kept(scene), { inputs: [], outputs: [], deadlines: [] });
  },

  'refuses malformed arguments of its methods, with all faults at once': async ({ processes }) => {
    const page = { instance: '', status: any<never>('open'), held: any<boolean>(1), after: any<bigint>(1), limit: 0 };
    const segment = { segments: 0, segment: 0.5 };
    const calls: readonly (readonly [number, () => Promise<unknown>])[] = [
      [4, () => processes.due([{ process: '', ...segment }], 1001)],
      [1, () => processes.due([{ process: PROCESS, segments: 2, segment: 2 }], 1)],
      [2, () => processes.due(any(undefined), any('10'))],
      [3, () => processes.schedule('', [deadline('', 1.5)])],
      [1, () => processes.schedule(PROCESS, any({}))],
      [3, () => processes.unschedule('', any(7), 'x'.repeat(256))],
      [8, () => processes.inputs('', { ...page, segment })],
      [8, () => processes.outputs('', { ...page, segment })],
      [1, () => processes.outputs(PROCESS, { status: any('handled') })],
      [1, () => processes.inputs(PROCESS, { status: any('pending') })],
      [1, () => processes.inputs(PROCESS, { segment: { segments: 257, segment: 0 } })],
      [1, () => processes.inputs(PROCESS, { after: -1n })],
      [1, () => processes.inputs(PROCESS, any(null))],
      [5, () => processes.deadlines('', { instance: '', after: { instance: '', key: '' }, limit: 1001 })],
    ];
    for (const [count, call] of calls) {
      const { faults = [] } = await refused('INVALID_PROCESS', call);
      assert.equal(faults.length, count, `${call}:\n${faults.join('\n')}`);
    }
  },
};
