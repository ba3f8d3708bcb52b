import assert from 'node:assert/strict';
import { newId, type RecordedEvent } from '../../messages';
import type { EventStore, RestoreOutcome } from '../../store';
import {
  assertAscending,
  assertEmpty,
  assertFrozen,
  everything,
  happened,
  numbered,
  range,
  refused,
  started,
  streamOf,
  take,
  to,
  write,
} from './fixtures';
import type { Checks } from './scene';

/** Makes an event that another store has recorded. */
function recorded(
  position: number,
  aggregateId: string,
  version: number,
  more: Partial<RecordedEvent> = {},
): RecordedEvent {
  return {
    ...{
      id: newId(),
      name: 'Happened',
      schemaVersion: 1,
      aggregateName: 'Thing',
      aggregateId,
      version,
      position: BigInt(position),
    },
    payload: { n: position, text: 'Größe 日本 😀', list: [1, { deep: null }] },
    metadata: { correlationId: `c${position}`, causationId: 'cause', commandName: 'Do', actor: { name: 'ann' } },
    recordedAt: new Date(Date.UTC(2020, 1, 29) + position).toISOString(),
    ...more,
  };
}

/** Events of three streams, with positions left out. */
const history = (): RecordedEvent[] => [
  recorded(3, '1', 1),
  recorded(4, '2', 1, { name: 'Other', schemaVersion: 7 }),
  recorded(9, '1', 2, { marks: { state: { n: 9 } } }),
  recorded(10, '1', 1, { aggregateName: 'Other' }),
  recorded(1000, '2', 2, { marks: { deleted: true } }),
];

const restore = (store: EventStore, events: readonly RecordedEvent[]): Promise<RestoreOutcome> =>
  store.restore!(events);

async function refusedAt(
  index: number,
  store: EventStore,
  events: readonly RecordedEvent[],
  what: string,
): Promise<void> {
  const before = await everything(store);
  const error = await refused('INVALID_RESTORE', () => restore(store, events), what);
  assert.equal(error.index, index, `the index of ${what}: ${error.message}`);
  assert.deepEqual(await everything(store), before, `${what}: something was written`);
}

const other = (change: Partial<Record<keyof RecordedEvent, unknown>>): RecordedEvent =>
  ({ ...recorded(1, '1', 1), ...change }) as RecordedEvent;

/** What holds when events that were recorded elsewhere are taken in as they are. */
export const restoring: Checks = {
  'restores events as they were recorded, with positions left out': async ({ store }) => {
    const events = history();
    assert.deepEqual(await restore(store, events), { restored: 5, skipped: 0 });
    assert.deepEqual(await everything(store), events);
    assert.deepEqual(await store.read(streamOf('1')), [events[0], events[2]]);
    assert.deepEqual(await store.readAll({ after: 4n, limit: 2 }), [events[2], events[3]]);
    assert.deepEqual(await store.readAll({ after: 500n }), [events[4]]);
    assert.deepEqual(await store.readAll({ after: 1000n }), []);
    for (const event of await store.readAll()) assertFrozen(event, 'the event');
  },

  'restores nothing when it is given nothing': async ({ store }) => {
    assert.deepEqual(await restore(store, []), { restored: 0, skipped: 0 });
    await assertEmpty(store);
  },

  'appends after the restored events, and continues their streams': async ({ store }) => {
    await restore(store, history());
    const [first, second] = await write(store, streamOf('1'), ...numbered(2));
    assert.deepEqual([first!.version, second!.version], [3, 4]);
    assert.ok(first!.position > 1000n, `position ${first!.position} after 1000`);
    assertAscending(await everything(store));
    const expected = { ok: false, conflicts: [{ stream: streamOf('2'), expected: 1, actual: 2 }] };
    assert.deepEqual(await store.append([to(streamOf('2'), 1, happened())]), expected);
  },

  'restores events that follow its own appends': async ({ store }) => {
    const own = await write(store, streamOf('1'), ...numbered(2));
    const next = Number(own[1]!.position) + 5;
    const events = [recorded(next, '1', 3), recorded(next + 1, '2', 1)];
    assert.deepEqual(await restore(store, events), { restored: 2, skipped: 0 });
    assert.deepEqual(await everything(store), [...own, ...events]);
    const [after] = await write(store, streamOf('1'), happened());
    assert.equal(after!.version, 4);
  },

  'skips what is stored already': async ({ store }) => {
    const events = history();
    await restore(store, events.slice(0, 3));
    assert.deepEqual(await restore(store, events), { restored: 2, skipped: 3 });
    assert.deepEqual(await restore(store, events), { restored: 0, skipped: 5 });
    assert.deepEqual(await restore(store, [...events, recorded(1001, '2', 3), events[0]!]), {
      restored: 1,
      skipped: 6,
    });
    assert.deepEqual((await everything(store)).slice(0, 5), events);
  },

  'restores an event once when it is restored several times at once': async ({ store }) => {
    const events = history();
    const outcomes = await Promise.all(range(1, 4).map(() => restore(store, events)));
    assert.equal(
      outcomes.reduce((total, { restored }) => total + restored, 0),
      5,
    );
    assert.deepEqual(await everything(store), events);
  },

  'keeps the order while others append': async ({ store }) => {
    const events = range(1, 20).map(n => recorded(10_000 + n, 'restored', n));
    const appends = range(1, 20).map(n => write(store, streamOf(`${n % 3}`), ...numbered(2, n)));
    await Promise.all([restore(store, events), ...appends]);
    const all = await everything(store);
    assert.equal(all.length, 60);
    assertAscending(all);
    assert.deepEqual(await store.read(streamOf('restored')), events);
  },

  'yields to a subscription what is restored': async ({ store, soon }) => {
    const events = history();
    await restore(store, events.slice(0, 2));
    const taking = started(take(store.subscribe(), 5));
    await soon(take(store.subscribe(), 2), 'the events that are there');
    await restore(store, events.slice(2));
    assert.deepEqual(await soon(taking, 'all events of a subscription'), events);
  },

  'answers a repeated append of restored events with what is stored': async ({ store }) => {
    const events = history();
    await restore(store, events);
    const { id, name, payload, metadata } = events[0]!;
    const outcome = await store.append([to(streamOf('1'), 'none', { id, name, payload, metadata })]);
    assert.deepEqual(outcome, { ok: true, events: [events[0]] });
  },

  'refuses what does not come after the last position': async ({ store }) => {
    await restore(store, history());
    await refusedAt(0, store, [recorded(1000, '3', 1)], 'the last position again');
    await refusedAt(0, store, [recorded(5, '3', 1)], 'a position that was left out');
    await refusedAt(1, store, [recorded(1002, '3', 1), recorded(1001, '3', 2)], 'positions in the wrong order');
    await refusedAt(
      2,
      store,
      [recorded(1001, '3', 1), recorded(1002, '3', 2), recorded(1002, '4', 1)],
      'a position twice',
    );
  },

  'refuses a gap in a stream, and a version that is already stored': async ({ store }) => {
    await restore(store, history());
    await refusedAt(0, store, [recorded(1001, '1', 4)], 'a gap in a stream that is there');
    await refusedAt(0, store, [recorded(1001, '3', 2)], 'a new stream that begins with version 2');
    await refusedAt(1, store, [recorded(1001, '3', 1), recorded(1002, '3', 3)], 'a gap in what is restored');
    await refusedAt(1, store, [recorded(1001, '3', 1), recorded(1002, '1', 2)], 'a version that is there');
  },

  'refuses an id that belongs to another event': async ({ store }) => {
    const events = history();
    await restore(store, events);
    const { id } = events[0]!;
    await refusedAt(0, store, [recorded(1001, '1', 3, { id })], 'the id of another version');
    await refusedAt(1, store, [recorded(1001, '3', 1), recorded(1002, '4', 1, { id })], 'the id of another stream');
    const twice = newId();
    await refusedAt(
      1,
      store,
      [recorded(1001, '3', 1, { id: twice }), recorded(1002, '4', 1, { id: twice })],
      'an id twice',
    );
  },

  'refuses an event that is not whole': async ({ store }) => {
    const wrong: Partial<Record<keyof RecordedEvent, readonly unknown[]>> = {
      id: [undefined, 'x', 7],
      name: [undefined, '', 'a\0b', 'x'.repeat(256)],
      aggregateName: [undefined, '', 7],
      aggregateId: [undefined, '', '\ud800'],
      version: [undefined, 0, 1.5, '1', 2n],
      schemaVersion: [undefined, 0, 1.5, 2 ** 31],
      position: [undefined, 0n, -1n, 1, '1', 2n ** 47n + 1n],
      recordedAt: [undefined, 'yesterday', '2020-02-30T00:00:00.000Z', '2020-02-29', 7],
      metadata: [undefined, null, [], {}, { correlationId: 'a', causationId: 'b', commandName: 7 }],
      marks: [
        null,
        [],
        {},
        'deleted',
        { deleted: 1 },
        { state: 'CA' },
        { state: { at: new Date(0) } },
        { other: true },
      ],
      payload: [undefined, null, 'text', [], { at: new Date(0) }, { text: '\0' }, { value: undefined, big: 1n }],
    };
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        await refusedAt(
          1,
          store,
          [recorded(1, '0', 1), other({ position: 2n, [field]: value })],
          `the ${field} ${String(value)}`,
        );
      }
    }
    await refusedAt(0, store, [null as never], 'null');
    await assertEmpty(store);
  },

  'refuses to restore after it is closed': async ({ store }) => {
    await store.close();
    await refused('STORE_CLOSED', () => restore(store, history()));
  },
};

/** What holds for a durable store beside that. */
export const restoringDurably: Checks = {
  'keeps restored events when it is closed and opened again': async ({ store, reopened }) => {
    const events = history();
    await restore(store, events);
    const again = await reopened();
    assert.deepEqual(await everything(again), events);
    const [next] = await write(again, streamOf('1'), happened());
    assert.ok(next!.version === 3 && next!.position > 1000n, `version ${next!.version}, position ${next!.position}`);
    assert.deepEqual(await restore(again, events), { restored: 0, skipped: 5 });
  },
};

/** What holds when two stores use the same data, beside that. */
export const restoringShared: Checks = {
  'keeps the order while another store on the same data appends': async ({ store, another }) => {
    const second = await another();
    const taking = started(take(second.subscribe(), 45));
    const events = range(1, 15).map(n => recorded(10_000 + n, 'restored', n));
    const appends = range(1, 30).map(n => write(n % 2 ? store : second, streamOf(`${n % 5}`), happened({ n })));
    await Promise.all([restore(second, events), ...appends]);
    const all = await everything(store);
    assert.equal(all.length, 45);
    assertAscending(all);
    assert.deepEqual(await taking, all);
  },
};
