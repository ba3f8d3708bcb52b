import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { DueDeadlines, NewDeadline, ProcessStore, StoredDeadline } from '../../store';
import {
  type Check,
  type ClockCheck,
  changed,
  deadline,
  filled,
  HOUR_MS,
  input,
  kept,
  keysOf,
  output,
  PROCESS,
  prepared,
  stored,
  whole,
} from './fixtures';

const TIMEOUT_MS = 10_000;

const due = async (processes: ProcessStore, limit = 100): Promise<readonly StoredDeadline[]> =>
  (await processes.due([whole()], limit)).deadlines;

/** Many deadlines, one for each instance, in segments by their hashes. */
const spread = (count: number, dueAt: (place: number) => number): NewDeadline[] =>
  Array.from({ length: count }, (_, place) =>
    deadline(`${place}`, dueAt(place), { instance: `order-${place}`, hash: place }),
  );

/** Waits for something to come due, as an engine would. */
async function untilDue(processes: ProcessStore): Promise<DueDeadlines> {
  const end = performance.now() + TIMEOUT_MS;
  for (;;) {
    const answer = await processes.due([whole()], 10);
    if (answer.deadlines.length > 0) return answer;
    assert.ok(answer.nextIn !== undefined && Number.isSafeInteger(answer.nextIn), `nextIn is ${answer.nextIn}`);
    assert.ok(answer.nextIn >= 1 && answer.nextIn <= 1000, `nextIn is ${answer.nextIn}`);
    assert.ok(performance.now() < end, `not due after ${TIMEOUT_MS} ms`);
    await setTimeout(answer.nextIn);
  }
}

/** What comes due, and when. */
export const dueChecks: Readonly<Record<string, Check>> = {
  'returns what is due and nothing else, the earliest first': async scene => {
    const at = scene.now() - HOUR_MS;
    const deadlines = [deadline('c', at + 2, { content: { n: 1 } }), deadline('a', at), deadline('b', at + 1)];
    await filled(scene, { deadlines: [...deadlines, deadline('later', at + 2 * HOUR_MS)] });
    const found = await due(scene.processes);
    assert.deepEqual(
      found.map(each => stored(each)),
      [deadlines[1], deadlines[2], deadlines[0]].map(each => stored(each!)),
    );
  },

  'returns what is due at the same moment in the order in which it was first set': async scene => {
    const at = scene.now() - HOUR_MS;
    const keys = ['m', 'z', 'a', 'k', 'b'];
    await filled(scene, { deadlines: keys.map(key => deadline(key, at)) }, { deadlines: [deadline('0', at)] });
    assert.deepEqual(keysOf(await due(scene.processes)), [...keys, '0']);
  },

  'returns at most so many for each segment, the earliest': async scene => {
    const at = scene.now() - HOUR_MS;
    await filled(scene, { deadlines: spread(40, place => at - place) });
    const segments = [2, 0].map(segment => ({ process: PROCESS, segments: 4, segment }));
    const { deadlines } = await scene.processes.due(segments, 3);
    assert.deepEqual(keysOf(deadlines), ['38', '34', '30', '36', '32', '28']);
    assert.deepEqual(keysOf(await due(scene.processes, 1)), ['39']);
    assert.equal((await due(scene.processes, 1000)).length, 40);
  },

  'finds the deadlines of segments by their hashes, whatever their number': async scene => {
    const at = scene.now() - HOUR_MS;
    const largest = deadline('large', at, { instance: 'large', hash: 2 ** 32 - 1 });
    await filled(scene, { deadlines: [...spread(30, () => at), largest] });
    for (const count of [1, 2, 7, 256]) {
      const found: string[] = [];
      for (let segment = 0; segment < count; segment++) {
        const { deadlines } = await scene.processes.due([{ process: PROCESS, segments: count, segment }], 1000);
        for (const { hash } of deadlines) assert.equal(hash % count, segment);
        found.push(...keysOf(deadlines));
      }
      assert.equal(new Set(found).size, 31);
      assert.equal(found.length, 31);
    }
  },

  'looks into segments of several processes at once, and at each only once': async scene => {
    const at = scene.now() - HOUR_MS;
    await filled(scene, { deadlines: spread(4, () => at) });
    await scene.processes.schedule('$schedule', [deadline('x', at)]);
    const segments = [
      whole('$schedule'),
      { process: PROCESS, segments: 2, segment: 1 },
      whole('unknown'),
      whole('$schedule'),
    ];
    const { deadlines, nextIn } = await scene.processes.due(segments, 10);
    assert.deepEqual(
      deadlines.map(({ process, key }) => `${process} ${key}`),
      ['$schedule x', `${PROCESS} 1`, `${PROCESS} 3`],
    );
    assert.equal(nextIn, undefined);
    assert.deepEqual(await scene.processes.due([], 10), { deadlines: [], nextIn: undefined });
  },

  'leaves out what is held, until it is released': async scene => {
    const at = scene.now() - HOUR_MS;
    const later = deadline('later', scene.now() + HOUR_MS, { instance: 'order-0' });
    await filled(scene, { deadlines: [...spread(3, place => at + place), later] });
    await filled(scene, { hold: [{ instance: 'order-0', held: true }] });
    assert.deepEqual(keysOf(await due(scene.processes)), ['1', '2']);
    assert.equal((await scene.processes.due([whole()], 10)).nextIn, undefined);
    await filled(scene, { deadlines: [deadline('0', at - 1, { instance: 'order-0', hash: 0, id: 'moved' })] });
    assert.deepEqual(keysOf(await due(scene.processes)), ['1', '2']);
    await filled(scene, { hold: [{ instance: 'order-0', held: false }] });
    assert.deepEqual(keysOf(await due(scene.processes)), ['0', '1', '2']);
    assert.notEqual((await scene.processes.due([whole()], 10)).nextIn, undefined);
  },

  'does not return what was cleared, ended, forgotten, unscheduled, or moved to later': async scene => {
    const at = scene.now() - HOUR_MS;
    await filled(
      scene,
      { deadlines: spread(6, () => at) },
      {
        ...{ clear: [{ instance: 'order-0', key: '0' }], ends: ['order-1'], forget: ['order-2'] },
        deadlines: [deadline('3', at + 2 * HOUR_MS, { instance: 'order-3', hash: 3, id: 'moved' })],
      },
    );
    assert.equal(await scene.processes.unschedule(PROCESS, 'order-4', '4'), true);
    assert.deepEqual(keysOf(await due(scene.processes)), ['5']);
  },

  'says in how many milliseconds the next one comes due, of whatever segment': async scene => {
    const now = scene.now();
    await prepared(scene.store);
    const empty = [{ process: PROCESS, segments: 2, segment: 1 }];
    assert.equal((await scene.processes.due(empty, 10)).nextIn, undefined);
    await filled(scene, { deadlines: [deadline('a', now - HOUR_MS), deadline('b', now + 3 * HOUR_MS, { hash: 2 })] });
    const { deadlines, nextIn } = await scene.processes.due(empty, 10);
    assert.ok(Number.isSafeInteger(nextIn) && Math.abs(nextIn! - 3 * HOUR_MS) < HOUR_MS, `nextIn is ${nextIn}`);
    assert.deepEqual(keysOf(deadlines), ['a']);
  },

  'a deadline comes due when its time has come': async scene => {
    await prepared(scene.store);
    await scene.processes.schedule(PROCESS, [deadline('first', 0)]);
    assert.deepEqual(keysOf(await due(scene.processes)), ['first']);
    await scene.processes.schedule(PROCESS, [deadline('far', 8.64e15)]);
    const { nextIn } = await scene.processes.due([whole()], 10);
    assert.ok(nextIn! > 8e15 - 2e12, `nextIn is ${nextIn}`);
  },

  'takes any safe integer as the time of a deadline': async scene => {
    const times = [Number.MAX_SAFE_INTEGER, 0, Number.MIN_SAFE_INTEGER, -1];
    await filled(scene, { deadlines: times.map(dueAt => deadline(`${dueAt}`, dueAt)) });
    const found = (await scene.processes.deadlines(PROCESS)).map(({ key, dueAt }) => [key, `${dueAt}`]);
    for (const [key, dueAt] of found) assert.equal(key, dueAt);
    assert.deepEqual(keysOf(await due(scene.processes)), [`${Number.MIN_SAFE_INTEGER}`, '-1', '0']);
  },
};

/** What comes due by the clock of the store, where a test cannot set it. */
export const waitingChecks: Readonly<Record<string, Check>> = {
  'a deadline is due after as many milliseconds as the store said, and not before': async ({
    store,
    processes,
    now,
  }) => {
    await prepared(store);
    const known = await processes.due([whole()], 10);
    assert.deepEqual(known, { deadlines: [], nextIn: undefined });
    const at = now() + 150;
    await processes.schedule(PROCESS, [deadline('soon', at)]);
    const { deadlines, nextIn } = await untilDue(processes);
    assert.deepEqual([keysOf(deadlines), nextIn], [['soon'], undefined]);
  },
};

/** What comes due by the clock of the store, to the millisecond. */
export const clockChecks: Readonly<Record<string, ClockCheck>> = {
  'a deadline is due at its millisecond, by the clock of the store': async (scene, clock) => {
    const at = clock.now();
    await filled(scene, { deadlines: [deadline('a', at + 5), deadline('b', at + 7), deadline('c', at)] });
    const look = async (): Promise<[string[], number | undefined]> => {
      const { deadlines, nextIn } = await scene.processes.due([whole()], 10);
      return [keysOf(deadlines), nextIn];
    };
    assert.deepEqual(await look(), [['c'], 5]);
    clock.advanceBy(4);
    assert.deepEqual(await look(), [['c'], 1]);
    clock.advanceBy(1);
    assert.deepEqual(await look(), [['c', 'a'], 2]);
    clock.advanceBy(HOUR_MS);
    assert.deepEqual(await look(), [['c', 'a', 'b'], undefined]);
  },

  'dates what is recorded by the clock of the store': async (scene, clock) => {
    await filled(scene, { inputs: [] });
    const at = clock.now();
    await changed(scene, { inputs: [input('i')], outputs: [output('c')] });
    clock.advanceBy(1500);
    await changed(scene, { inputs: [input('i'), input('j')], outputs: [output('c')] });
    const times = [...(await scene.processes.inputs(PROCESS)), ...(await scene.processes.outputs(PROCESS))];
    assert.deepEqual(
      times.map(each => Date.parse(each.at) - Math.floor(at)),
      [0, 1500, 0],
    );
  },
};

/** What is set and deleted without a commit. */
export const scheduleChecks: Readonly<Record<string, Check>> = {
  'schedules deadlines without a commit, of a process that was not prepared': async scene => {
    const at = scene.now() - HOUR_MS;
    const deadlines = [deadline('a', at, { content: { name: 'Remind' } }), deadline('b', at + 2 * HOUR_MS)];
    await scene.processes.schedule('$schedule', deadlines);
    assert.deepEqual((await kept(scene, '$schedule')).deadlines, [
      stored(deadlines[0]!, { process: '$schedule' }),
      stored(deadlines[1]!, { process: '$schedule' }),
    ]);
    assert.deepEqual(keysOf((await scene.processes.due([whole('$schedule')], 10)).deadlines), ['a']);
    await scene.processes.schedule('$schedule', []);
  },

  'changes nothing when a deadline is scheduled again with the same id': async scene => {
    await scene.processes.schedule(PROCESS, [deadline('k', 1, { content: { n: 1 } })]);
    const before = await kept(scene);
    await scene.processes.schedule(PROCESS, [deadline('k', 2, { content: { n: 2 }, run: 2 })]);
    assert.deepEqual(await kept(scene), before);
  },

  'moves a deadline that is scheduled with another id': async scene => {
    await scene.processes.schedule(PROCESS, [deadline('k', 1), deadline('l', 2)]);
    const moved = deadline('k', 9, { id: 'other', run: 2, hash: 8, content: { n: 2 } });
    await scene.processes.schedule(PROCESS, [moved]);
    assert.deepEqual((await kept(scene)).deadlines, [stored(moved), stored(deadline('l', 2))]);
  },

  'a deadline that is scheduled while it is held stays held': async scene => {
    await filled(scene, { deadlines: [deadline('k', 1)], hold: [{ instance: 'order-1', held: true }] });
    await scene.processes.schedule(PROCESS, [deadline('k', 2, { id: 'other' }), deadline('l', 3)]);
    assert.deepEqual((await kept(scene)).deadlines, [
      stored(deadline('k', 2, { id: 'other' }), { held: true }),
      stored(deadline('l', 3)),
    ]);
  },

  'of several deadlines for one key that are scheduled at once, the last one is set': async scene => {
    await scene.processes.schedule(PROCESS, [deadline('k', 1, { id: 'a' }), deadline('k', 2, { id: 'b' })]);
    assert.deepEqual((await kept(scene)).deadlines, [stored(deadline('k', 2, { id: 'b' }))]);
  },

  'keeps one deadline for a key that many schedule at the same time': async scene => {
    const ids = Array.from({ length: 20 }, (_, n) => `${n}`);
    await Promise.all(ids.map(id => scene.processes.schedule(PROCESS, [deadline('k', Number(id), { id })])));
    const [one, ...others] = await scene.processes.deadlines(PROCESS);
    assert.deepEqual(others, []);
    assert.equal(one?.id, `${one?.dueAt}`);
  },

  'many schedule several deadlines at the same time, in any order': async scene => {
    const keys = Array.from({ length: 20 }, (_, n) => `${n}`);
    await Promise.all(
      keys.map((_, n) => {
        const deadlines = keys.map(key => deadline(key, n, { id: `${key} by ${n}` }));
        return scene.processes.schedule(PROCESS, n % 2 === 0 ? deadlines : deadlines.reverse());
      }),
    );
    const found = await scene.processes.deadlines(PROCESS);
    assert.equal(found.length, keys.length);
    for (const { key, id, dueAt } of found) assert.equal(id, `${key} by ${dueAt}`);
  },

  'unschedules a deadline, and says whether it was there': async scene => {
    await scene.processes.schedule(PROCESS, [deadline('k', 1), deadline('k', 2, { instance: 'order-2' })]);
    assert.equal(await scene.processes.unschedule(PROCESS, 'order-1', 'k'), true);
    assert.equal(await scene.processes.unschedule(PROCESS, 'order-1', 'k'), false);
    assert.equal(await scene.processes.unschedule('unknown', 'order-2', 'k'), false);
    assert.deepEqual((await kept(scene)).deadlines, [stored(deadline('k', 2, { instance: 'order-2' }))]);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => scene.processes.unschedule(PROCESS, 'order-2', 'k')),
    );
    assert.equal(outcomes.filter(Boolean).length, 1);
  },
};
