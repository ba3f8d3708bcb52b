import assert from 'node:assert/strict';
import { type Check, deadline, filled, idsOf, input, output, PROCESS } from './fixtures';

const INPUT_STATES = ['handled', 'waiting', 'noted'] as const;
const OUTPUT_STATES = ['pending', 'done', 'rejected', 'cancelled'] as const;
const numbers = Array.from({ length: 120 }, (_, number) => number);

/** Pages of what is kept. */
export const pageChecks: Readonly<Record<string, Check>> = {
  'returns 100 inputs and outputs unless told otherwise, and the rest on the next pages': async scene => {
    await filled(scene, {
      inputs: numbers.map(number => input(`${number}`)),
      outputs: numbers.map(number => output(`${number}`)),
    });
    for (const read of [scene.processes.inputs, scene.processes.outputs].map(each => each.bind(scene.processes))) {
      const first = await read(PROCESS);
      const ids = numbers.map(String);
      assert.deepEqual(idsOf(first), ids.slice(0, 100));
      assert.deepEqual(idsOf(await read(PROCESS, { after: first.at(-1)!.entry })), ids.slice(100));
      assert.deepEqual(idsOf(await read(PROCESS, { after: first[6]!.entry, limit: 2 })), ['7', '8']);
      assert.deepEqual(idsOf(await read(PROCESS, { limit: 1000, after: 0n })), ids);
      assert.deepEqual(await read(PROCESS, { after: 2n ** 63n - 1n }), []);
    }
  },

  'finds inputs by instance, segment and status, together': async scene => {
    await filled(scene, {
      inputs: numbers.map(n =>
        input(`${n}`, { instance: `order-${n % 5}`, hash: n % 5, status: INPUT_STATES[n % 3]! }),
      ),
    });
    const expected = (matches: (n: number) => boolean): string[] => numbers.filter(matches).map(String);
    const find = async (page: Parameters<typeof scene.processes.inputs>[1]): Promise<string[]> =>
      idsOf(await scene.processes.inputs(PROCESS, { limit: 1000, ...page }));
    const segment = { segments: 2, segment: 1 };
    assert.deepEqual(
      await find({ instance: 'order-3' }),
      expected(n => n % 5 === 3),
    );
    assert.deepEqual(
      await find({ segment }),
      expected(n => (n % 5) % 2 === 1),
    );
    assert.deepEqual(
      await find({ status: 'waiting' }),
      expected(n => n % 3 === 1),
    );
    assert.deepEqual(
      await find({ segment, status: 'noted' }),
      expected(n => (n % 5) % 2 === 1 && n % 3 === 2),
    );
    assert.deepEqual(
      await find({ instance: 'order-3', segment, status: 'handled', held: false }),
      expected(n => n % 5 === 3 && n % 3 === 0),
    );
    assert.deepEqual(await find({ instance: 'order-3', segment: { segments: 2, segment: 0 } }), []);
    assert.deepEqual(await find({ held: true }), []);
    assert.deepEqual(await find({ instance: 'unknown' }), []);
  },

  'finds outputs by instance, segment, status and whether they are held, together': async scene => {
    await filled(scene, {
      outputs: numbers.map(n =>
        output(`${n}`, { instance: `order-${n % 5}`, hash: n % 5, status: OUTPUT_STATES[n % 4]! }),
      ),
      hold: [{ instance: 'order-3', held: true }],
    });
    const expected = (matches: (n: number) => boolean): string[] => numbers.filter(matches).map(String);
    const find = async (page: Parameters<typeof scene.processes.outputs>[1]): Promise<string[]> =>
      idsOf(await scene.processes.outputs(PROCESS, { limit: 1000, ...page }));
    const segment = { segments: 2, segment: 1 };
    const isHeld = (n: number): boolean => n % 5 === 3 && n % 4 === 0;
    assert.deepEqual(
      await find({ instance: 'order-3' }),
      expected(n => n % 5 === 3),
    );
    assert.deepEqual(
      await find({ status: 'pending' }),
      expected(n => n % 4 === 0),
    );
    assert.deepEqual(
      await find({ status: 'pending', held: false }),
      expected(n => n % 4 === 0 && !isHeld(n)),
    );
    assert.deepEqual(
      await find({ segment, status: 'pending', held: false }),
      expected(n => (n % 5) % 2 === 1 && n % 4 === 0 && !isHeld(n)),
    );
    assert.deepEqual(
      await find({ segment, status: 'rejected' }),
      expected(n => (n % 5) % 2 === 1 && n % 4 === 2),
    );
    assert.deepEqual(await find({ held: true }), expected(isHeld));
    assert.deepEqual(await find({ instance: 'order-3', status: 'pending', held: false }), []);
    const [first] = await scene.processes.outputs(PROCESS, { status: 'pending', held: false, limit: 1 });
    const rest = expected(n => n % 4 === 0 && !isHeld(n)).slice(1);
    assert.deepEqual(await find({ status: 'pending', held: false, after: first!.entry }), rest);
  },

  'returns outputs that are pending again at their place': async scene => {
    await filled(
      scene,
      { outputs: ['a', 'b', 'c'].map(id => output(id)) },
      { outputs: [output('a', { status: 'rejected' })] },
      { outputs: [output('a')] },
    );
    assert.deepEqual(idsOf(await scene.processes.outputs(PROCESS, { status: 'pending' })), ['a', 'b', 'c']);
  },

  'returns deadlines by instance and key, in the order of code points': async scene => {
    // By code units, the pair of the second one would come before U+FFFD.
    const names = ['\ufffd', '🎈', 'b', 'a', 'B', 'ä', 'aa'];
    const sorted = ['B', 'a', 'aa', 'b', 'ä', '\ufffd', '🎈'];
    const places = sorted.flatMap(instance => sorted.map(key => `${instance} ${key}`));
    await filled(scene, {
      deadlines: names.flatMap(instance => names.map((key, place) => deadline(key, 100 - place, { instance }))),
    });
    const read = async (page: Parameters<typeof scene.processes.deadlines>[1]): Promise<string[]> =>
      (await scene.processes.deadlines(PROCESS, page)).map(({ instance, key }) => `${instance} ${key}`);
    assert.deepEqual(await read({}), places);
    assert.deepEqual(await read({ limit: 9 }), places.slice(0, 9));
    assert.deepEqual(await read({ after: { instance: 'a', key: 'aa' }, limit: 10 }), places.slice(10, 20));
    assert.deepEqual(await read({ after: { instance: 'a', key: 'none' } }), places.slice(11));
    assert.deepEqual(await read({ instance: 'a' }), places.slice(7, 14));
    assert.deepEqual(await read({ instance: 'a', after: { instance: 'a', key: 'b' }, limit: 2 }), places.slice(11, 13));
    assert.deepEqual(await read({ instance: 'a', after: { instance: 'b', key: 'B' } }), []);
    assert.deepEqual(await read({ instance: 'unknown' }), []);
  },

  'returns 100 deadlines unless told otherwise': async scene => {
    await filled(scene, { deadlines: numbers.map(number => deadline(`${1000 + number}`, number)) });
    const first = await scene.processes.deadlines(PROCESS);
    assert.equal(first.length, 100);
    const { instance, key } = first.at(-1)!;
    assert.equal((await scene.processes.deadlines(PROCESS, { after: { instance, key } })).length, 20);
    assert.equal((await scene.processes.deadlines(PROCESS, { limit: 1000 })).length, 120);
  },
};
