import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { RecordedEvent } from '../../messages';
import type { EventStore } from '../../store';
import { everything, happened, numbered, numberOf, range, refused, started, streamOf, take, write } from './fixtures';
import type { Checks } from './scene';

const STEP = 20;

/**
 * Starts to take events, after which the subscription has time to catch up and wait. In a list, lest the taking itself
 * is awaited.
 */
async function following(store: EventStore, count: number, after?: bigint): Promise<Promise<RecordedEvent[]>[]> {
  const taking = started(take(store.subscribe(after === undefined ? {} : { after }), count));
  await pause(STEP);
  return [taking];
}

/** What a subscription yields. Its end is the theme of `ending`. */
const yielding: Checks = {
  'yields to a subscription what is there, then what comes': async ({ store, soon }) => {
    await write(store, streamOf('1'), ...numbered(3));
    const [taking] = await following(store, 6);
    await write(store, streamOf('2'), happened({ n: 4 }));
    await pause(STEP);
    await write(store, streamOf('1'), ...numbered(2, 5));
    assert.deepEqual((await soon(taking!, 'six events of a subscription')).map(numberOf), range(1, 6));
  },

  'yields to a subscription the same events that are read': async ({ store, soon }) => {
    const [taking] = await following(store, 4);
    await write(store, streamOf('1'), ...numbered(2));
    await write(store, streamOf('2'), ...numbered(2));
    assert.deepEqual(await soon(taking!, 'four events of a subscription'), await everything(store));
  },

  'yields to a subscription only what comes after the position given': async ({ store, soon }) => {
    const events = await write(store, streamOf('1'), ...numbered(5));
    const [taking] = await following(store, 3, events[2]!.position);
    await write(store, streamOf('1'), happened({ n: 6 }));
    assert.deepEqual((await soon(taking!, 'three events of a subscription')).map(numberOf), [4, 5, 6]);
  },

  'yields to a subscription that starts at the end only what comes': async ({ store, soon }) => {
    const events = await write(store, streamOf('1'), ...numbered(2));
    const [taking] = await following(store, 1, events[1]!.position);
    await write(store, streamOf('1'), happened({ n: 3 }));
    assert.deepEqual((await soon(taking!, 'the next event')).map(numberOf), [3]);
  },

  'yields every event to each of several subscriptions': async ({ store, soon }) => {
    await write(store, streamOf('1'), ...numbered(2));
    const taking = (await Promise.all([following(store, 5), following(store, 5), following(store, 5, 0n)])).flat();
    await write(store, streamOf('2'), ...numbered(3, 3));
    for (const taken of await soon(Promise.all(taking), 'five events of three subscriptions')) {
      assert.deepEqual(taken.map(numberOf), range(1, 5));
    }
  },

  'yields more than a page of events in pages of 1,000 at most': async ({ store, soon }) => {
    await write(store, streamOf('1'), ...numbered(1001));
    await write(store, streamOf('2'), ...numbered(1001, 1002));
    const numbers: unknown[] = [];
    const counting = async (): Promise<void> => {
      for await (const page of store.subscribe()) {
        assert.ok(page.length > 0 && page.length <= 1000, `a page of ${page.length} events`);
        numbers.push(...page.map(numberOf));
        if (numbers.length >= 2002) break;
      }
    };
    await soon(counting(), '2,002 events of a subscription');
    assert.deepEqual(numbers, range(1, 2002));
  },

  'yields each event once and in order while many are appended at the same time': async ({ store, soon }) => {
    const taking = [...(await following(store, 200)), ...(await following(store, 200))];
    for (const wave of range(0, 4)) {
      await Promise.all(range(1, 20).map(n => write(store, streamOf(`${n % 7}`), ...numbered(2, 40 * wave + 2 * n))));
      await pause(1);
    }
    const written = await everything(store);
    assert.equal(written.length, 200);
    for (const taken of await soon(Promise.all(taking), '200 events of two subscriptions'))
      assert.deepEqual(taken, written);
  },

  'yields all events to a reader that is slower than the writer': async ({ store, soon }) => {
    const taken: RecordedEvent[] = [];
    const reading = async (): Promise<void> => {
      for await (const page of store.subscribe()) {
        taken.push(...page);
        if (taken.length >= 30) return;
        await pause(2);
      }
    };
    const done = started(reading());
    for (const n of range(1, 30)) await write(store, streamOf('1'), happened({ n }));
    await soon(done, '30 events of a subscription');
    assert.deepEqual(taken.map(numberOf), range(1, 30));
  },

  'answers several pending calls of next() in order': async ({ store, soon }) => {
    const iterator = store.subscribe()[Symbol.asyncIterator]();
    const [first, second] = [started(iterator.next()), started(iterator.next())];
    await write(store, streamOf('1'), happened({ n: 1 }));
    const one = await soon(first, 'the first page');
    await write(store, streamOf('1'), happened({ n: 2 }));
    const two = await soon(second, 'the second page');
    assert.deepEqual([...one.value, ...two.value].map(numberOf), [1, 2]);
  },

  'refuses a subscription that starts at an impossible position': async ({ store }) => {
    for (const after of [-1n, 1, '1'] as bigint[]) {
      await refused('INVALID_PAGE', () => store.subscribe({ after })[Symbol.asyncIterator]().next());
    }
  },
};

/** What ends a subscription. */
const ending: Checks = {
  'ends a subscription that waits when its signal is aborted': async ({ store, soon }) => {
    const controller = new AbortController();
    const iterator = store.subscribe({ signal: controller.signal })[Symbol.asyncIterator]();
    const next = started(iterator.next());
    await pause(STEP);
    controller.abort();
    assert.equal((await soon(next, 'the end of the subscription')).done, true);
    assert.equal((await soon(iterator.next(), 'the end of the subscription, asked again')).done, true);
  },

  'ends a subscription that is being read when its signal is aborted': async ({ store, soon }) => {
    await write(store, streamOf('1'), ...numbered(3));
    const controller = new AbortController();
    const reading = async (): Promise<unknown[]> => {
      const numbers: unknown[] = [];
      for await (const page of store.subscribe({ signal: controller.signal })) {
        numbers.push(...page.map(numberOf));
        if (controller.signal.aborted) continue;
        controller.abort();
        await write(store, streamOf('1'), happened({ n: 4 }));
      }
      return numbers;
    };
    assert.deepEqual(await soon(reading(), 'the end of the loop'), [1, 2, 3]);
  },

  'ends a subscription whose signal was aborted before': async ({ store, soon }) => {
    const signal = AbortSignal.abort();
    assert.deepEqual(await soon(take(store.subscribe({ signal }), 1), 'the end of the subscription'), []);
  },

  'ends a subscription when its loop is left': async ({ store, soon }) => {
    await write(store, streamOf('1'), happened());
    const pages = store.subscribe();
    const iterator = pages[Symbol.asyncIterator]();
    assert.equal((await soon(take({ [Symbol.asyncIterator]: () => iterator }, 1), 'one event')).length, 1);
    await write(store, streamOf('1'), happened());
    assert.equal((await soon(iterator.next(), 'the end of the subscription')).done, true);
  },

  'ends a subscription that waits when return() is called': async ({ store, soon }) => {
    const iterator = store.subscribe()[Symbol.asyncIterator]();
    const next = started(iterator.next());
    await pause(STEP);
    assert.equal((await soon(iterator.return!(), 'the answer of return()')).done, true);
    assert.equal((await soon(next, 'the end of the subscription')).done, true);
    await write(store, streamOf('1'), happened());
    assert.equal((await soon(iterator.next(), 'the end of the subscription, asked again')).done, true);
  },

  'goes on for the other subscriptions when one has ended': async ({ store, soon }) => {
    const [taking] = await following(store, 2);
    const left = store.subscribe()[Symbol.asyncIterator]();
    const next = started(left.next());
    await pause(STEP);
    await soon(left.return!(), 'the answer of return()');
    await soon(next, 'the end of the subscription');
    await write(store, streamOf('1'), ...numbered(2));
    assert.deepEqual((await soon(taking!, 'two events of the other subscription')).map(numberOf), [1, 2]);
  },

  'ends subscriptions that wait when the store is closed': async ({ store, soon }) => {
    const iterators = [store.subscribe(), store.subscribe()].map(pages => pages[Symbol.asyncIterator]());
    const next = iterators.map(iterator => started(iterator.next()));
    await pause(STEP);
    await soon(store.close(), 'close() resolves');
    for (const { done } of await soon(Promise.all(next), 'the end of the subscriptions')) assert.equal(done, true);
    assert.equal((await soon(iterators[0]!.next(), 'the end of the subscription, asked again')).done, true);
  },
};

/** What subscriptions yield, and when they end. */
export const subscribing: Checks = { ...yielding, ...ending };
