import assert from 'node:assert/strict';
import type { EventStore, NewEvent, ProjectionTransaction, StreamAppend } from '../../store';
import {
  all,
  commit,
  type EventsCheck,
  meanwhile,
  NAME,
  refused,
  rejectsWith,
  schema,
  segment,
  until,
  write,
} from './fixtures';

const event = (more: Partial<NewEvent> = {}): NewEvent => ({ name: 'happened', payload: { n: 1 }, ...more });

const to = (
  aggregateId: string,
  expected: StreamAppend['expected'] = 'any',
  ...events: NewEvent[]
): readonly StreamAppend[] => [
  { stream: { aggregateName: 'Thing', aggregateId }, expected, events: events.length > 0 ? events : [event()] },
];

const ids = async (events: EventStore): Promise<string[]> =>
  (await events.readAll()).map(({ aggregateId }) => aggregateId);

/** What an inline projection does: it handles what is missing, with its own event. */
async function inline(transaction: ProjectionTransaction, aggregateId: string): Promise<void> {
  const from = await transaction.lock(segment());
  assert.ok((await transaction.append(to(aggregateId))).ok);
  const news = await transaction.readAll({ after: from });
  const { n = 0 } = ((await transaction.get(NAME, 1, ['all'])).get('all') ?? {}) as { n?: number };
  const outcome = await transaction.commit(commit(from, news.at(-1)!.position, write('all', { n: n + news.length })));
  assert.deepEqual(outcome, { ok: true });
}

/** Transactions of events and documents, for stores that have both in one place. */
export const eventsChecks: Readonly<Record<string, EventsCheck>> = {
  'names the event store, and the methods, whose work its transactions do': async ({ store, events }) => {
    assert.equal(store.eventsBeside?.store, events);
    assert.equal(store.eventsBeside?.append, events.append);
    assert.equal(store.eventsBeside?.readAll, events.readAll);
  },

  'events and documents of a transaction are seen together, at its end': async ({ store, events }) => {
    await store.prepare(schema());
    await events.append(to('before'));
    await store.transaction(async transaction => {
      const outcome = await transaction.append(to('a', 'none', event(), event({ payload: { n: 2 } })));
      assert.ok(outcome.ok);
      assert.deepEqual(
        outcome.events.map(({ version, payload }) => [version, payload]),
        [
          [1, { n: 1 }],
          [2, { n: 2 }],
        ],
      );
      const [before, ...news] = await transaction.readAll();
      assert.deepEqual([before?.aggregateId, news], ['before', outcome.events]);
      assert.deepEqual(await transaction.readAll({ after: news[0]!.position, limit: 5 }), [news[1]]);
      assert.equal((await transaction.commit(commit(0n, news[1]!.position, write('a', { n: 2 })))).ok, true);
      const seen = async () => [await ids(events), await all(store), await store.checkpoint(segment())];
      assert.deepEqual(await meanwhile<unknown[]>(seen, [['before'], {}, 0n]), [['before'], {}, 0n]);
    });
    assert.deepEqual([await ids(events), await all(store)], [['before', 'a', 'a'], { a: { n: 2 } }]);
    const [, second] = (await events.read({ aggregateName: 'Thing', aggregateId: 'a' })) as [
      unknown,
      { position: bigint },
    ];
    assert.equal(await store.checkpoint(segment()), second.position);
  },

  'returns a conflict as a value, and rolls the transaction back': async ({ store, events }) => {
    await store.prepare(schema());
    await events.append(to('a'));
    const result = await store.transaction(async transaction => {
      assert.ok((await transaction.append(to('b'))).ok);
      await transaction.commit(commit(0n, 9n, write('b', {})));
      return transaction.append(to('a', 5));
    });
    assert.deepEqual(result, {
      ok: false,
      conflicts: [{ stream: { aggregateName: 'Thing', aggregateId: 'a' }, expected: 5, actual: 1 }],
    });
    assert.deepEqual([await ids(events), await all(store), await store.checkpoint(segment())], [['a'], {}, 0n]);
    await store.transaction(transaction => inline(transaction, 'c'));
    assert.deepEqual([await ids(events), await all(store)], [['a', 'c'], { all: { n: 2 } }]);
  },

  'keeps no events of a transaction that throws, and continues as if it had never begun': async ({ store, events }) => {
    await store.prepare(schema());
    const error = new Error('of a handler');
    const failing = store.transaction(async transaction => {
      await transaction.append(to('a'));
      throw error;
    });
    await rejectsWith(error, failing);
    assert.deepEqual(await ids(events), []);
    const outcome = await events.append(to('a', 'none'));
    assert.equal(outcome.ok && outcome.events[0]?.version, 1);
  },

  'several appends of one transaction follow on one another': async ({ store, events }) => {
    await store.transaction(async transaction => {
      assert.ok((await transaction.append(to('a', 'none'))).ok);
      assert.ok((await transaction.append([...to('a', 1), ...to('b', 'none')])).ok);
      assert.ok((await transaction.append(to('a', 2))).ok);
    });
    const recorded = await events.readAll();
    assert.deepEqual(
      recorded.map(({ aggregateId, version }) => `${aggregateId} ${version}`),
      ['a 1', 'a 2', 'b 1', 'a 3'],
    );
    assert.deepEqual(
      [...recorded].map(({ position }) => position).sort(),
      recorded.map(({ position }) => position),
    );
  },

  'answers a repeated append, in the transaction or outside, with the stored events': async ({ store, events }) => {
    const id = (n: number): string => `0192b3c4-0000-7000-8000-00000000000${n}`;
    const stored = await events.append(to('a', 'none', event({ id: id(1) })));
    await store.transaction(async transaction => {
      assert.deepEqual(await transaction.append(to('a', 'none', event({ id: id(1) }))), stored);
      const first = await transaction.append(to('b', 'none', event({ id: id(2) })));
      assert.deepEqual(await transaction.append(to('b', 'none', event({ id: id(2) }))), first);
    });
    assert.deepEqual(await ids(events), ['a', 'b']);
    await refused('DUPLICATE_EVENT', () =>
      store.transaction(transaction => transaction.append(to('c', 'any', event({ id: id(1) })))),
    );
  },

  'refuses what an append refuses': async ({ store, events }) => {
    const append = (appends: readonly StreamAppend[]) => () =>
      store.transaction(transaction => transaction.append(appends));
    await refused('INVALID_APPEND', append(to('')), append(to('a', -1)));
    await refused('UNSTORABLE_VALUE', append(to('a', 'any', event({ payload: { n: Number.NaN } }))));
    await refused('INVALID_PAGE', () => store.transaction(transaction => transaction.readAll({ limit: 0 })));
    assert.deepEqual(await ids(events), []);
  },

  'inline projections handle every event once, while others append': async ({ store, events }) => {
    await store.prepare(schema());
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        n % 2 === 0 ? store.transaction(transaction => inline(transaction, `${n}`)) : events.append(to(`${n}`)),
      ),
    );
    await store.transaction(transaction => inline(transaction, 'last'));
    const recorded = await events.readAll();
    assert.deepEqual([recorded.length, await all(store)], [31, { all: { n: 31 } }]);
    assert.equal(await store.checkpoint(segment()), recorded.at(-1)?.position);
  },

  'appends what was given at the time of the call, even if the caller changes it meanwhile': async ({
    store,
    events,
  }) => {
    const payload = { list: [1] };
    let appending: Promise<unknown> | undefined;
    await store.transaction(async transaction => {
      appending = events.append(to('outside', 'any', event({ payload })));
      const inside = transaction.append(to('inside', 'any', event({ payload })));
      payload.list.push(2);
      await inside;
    });
    await appending;
    for (const each of await events.readAll()) assert.deepEqual(each.payload, { list: [1] });
    assert.deepEqual((await ids(events)).sort(), ['inside', 'outside']);
  },

  'yields the events of a transaction to subscribers': async ({ store, events }) => {
    const seen: string[] = [];
    const controller = new AbortController();
    const following = (async () => {
      for await (const page of events.subscribe({ signal: controller.signal }))
        seen.push(...page.map(({ aggregateId }) => aggregateId));
    })();
    await store.transaction(transaction => transaction.append(to('a')));
    await until('the subscriber has the event', async () => seen.length === 1);
    await store.transaction(async transaction => {
      await transaction.append(to('b'));
      await transaction.append(to('a', 7));
    });
    await store.transaction(transaction => transaction.append(to('c')));
    await until('the subscriber has the next one', async () => seen.length === 2);
    assert.deepEqual(seen, ['a', 'c']);
    controller.abort();
    await following;
  },

  'refuses everything after the event store is closed': async ({ store, events }) => {
    await store.prepare(schema());
    const lease = await store.leases.claim(segment(), { owner: 'one', duration: 60_000 });
    assert.ok(lease.ok);
    await events.close();
    const parked = { projection: NAME, version: 1 };
    await refused(
      'STORE_CLOSED',
      () => store.prepare(schema({ version: 2 })),
      () => store.get(NAME, 1, ['a']),
      () => store.find(NAME, 1),
      () => store.checkpoint(segment()),
      () => store.commit(commit(0n, 1n, write('a', {}))),
      () => store.commit({ ...commit(0n, 1n), work: [() => undefined] }),
      () => store.active(NAME),
      () => store.activate(NAME, 1),
      () => store.drop(NAME, 1),
      () => store.versions(NAME),
      () => store.transaction(async () => undefined),
      () => store.leases.claim(segment(), { owner: 'two', duration: 60_000 }),
      () => store.leases.release(segment(), { owner: 'one', fence: lease.fence }),
      () => store.leases.segments(NAME, 1),
      () => store.leases.members(NAME, 1),
      () => store.deadLetters.sequences(parked),
      () => store.deadLetters.list(parked),
      () => store.deadLetters.retry(parked),
      () => store.deadLetters.discard(parked),
    );
  },
};
