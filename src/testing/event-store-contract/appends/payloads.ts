import assert from 'node:assert/strict';
import { assertEmpty, assertFrozen, happened, refused, started, streamOf, take, to, write } from '../fixtures';
import type { Checks } from '../scene';

class Money {
  constructor(readonly amount: number) {}
}

class Hidden {
  readonly #level = 5;
  get level(): number {
    return this.#level;
  }
}

const circular: Record<string, unknown> = {};
circular.self = circular;

/** What JSON cannot carry, with the path that the refusal names. */
const UNSTORABLE: readonly (readonly [path: string, payload: object])[] = [
  ['Happened.when', { when: new Date(0) }],
  ['Happened.price', { price: new Money(3) }],
  ['Happened.tags', { tags: new Set(['a']) }],
  ['Happened.byId', { byId: new Map([['a', 1]]) }],
  ['Happened.bytes', { bytes: new Uint8Array(2) }],
  ['Happened.big', { big: 10n }],
  ['Happened.run', { run: () => undefined }],
  ['Happened.symbol', { symbol: Symbol('s') }],
  ['Happened.ratio', { ratio: Number.NaN }],
  ['Happened.most', { most: Number.POSITIVE_INFINITY }],
  ['Happened.list[1]', { list: [1, undefined, 3] }],
  ['Happened.a.b[1].c', { a: { b: [0, { c: -Infinity }] } }],
  ['Happened.text', { text: 'a\0b' }],
  ['Happened.text', { text: 'half \ud83d' }],
  ['Happened.list[0]', { list: ['\udc00'] }],
  ['Happened.a\0b', { 'a\0b': 1 }],
  [`Happened.self${'.self'.repeat(100)}`, circular],
  ['Happened.#level', new Hidden()],
  ['Happened[Symbol(secret)]', { a: 1, [Symbol('secret')]: 2 }],
  ['Happened.list.total', { list: Object.assign([1], { total: 1 }) }],
  ['Happened.list', { list: new (class Lines extends Array {})() }],
  ['Happened.inner.note', { inner: Object.defineProperty({}, 'note', { value: 'n' }) }],
  ['Happened', [1, 2]],
  ['Happened', new Date(0)],
  ['Happened', new Map([['a', 1]])],
];

/** What comes back unchanged. */
const ROUND_TRIPS: Readonly<Record<string, object>> = {
  'an empty payload': {},
  'text in many scripts': {
    text: 'Grüße, 世界, مرحبا, e\u0301 is not é',
    emoji: '👩‍👩‍👧‍👦🏳️‍🌈',
    'key 🔑': 'ß',
    controls: '\u0001\t\r\n\u2028\ufeff\uffff',
  },
  'text that looks like code': {
    sql: "'); DROP TABLE events; --",
    json: '{"a":1}',
    escapes: '\\u0000 \\" \\\\ %s $1 {x}',
  },
  'numbers at their limits': {
    numbers: [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, 5e-324, 0.1 + 0.2, 1e21, -1e-7, 0],
  },
  'null, booleans, empty text and empty lists': {
    a: null,
    b: [true, false, null],
    c: '',
    d: [],
    e: {},
    '': 'empty key',
  },
  'deep nesting': { deep: Array.from({ length: 90 }).reduce<unknown>(inner => ({ inner }), 'bottom') },
  'text that looks like dates and numbers': {
    date: '2024-02-30T00:00:00.000Z',
    number: '1e400',
    big: '12345678901234567890n',
  },
};

/** What becomes of payloads and metadata: copied, frozen, never changed silently. */
export const payloads: Checks = {
  ...Object.fromEntries(
    Object.entries(ROUND_TRIPS).map(([what, payload]): [string, Checks[string]] => [
      `returns ${what} as it was given`,
      async ({ store }) => {
        const [event] = await write(store, streamOf('1'), happened(payload, { metadata: { what: payload } }));
        const [read] = await store.read(streamOf('1'));
        for (const each of [event!, read!]) {
          assert.deepEqual(each.payload, payload);
          assert.deepEqual(each.metadata.what, payload);
        }
      },
    ]),
  ),

  'returns a payload of 200 KB as it was given': async ({ store }) => {
    const payload = { text: 'x'.repeat(100_000), list: Array.from({ length: 10_000 }, (_, n) => `item ${n} 🎈`) };
    await write(store, streamOf('1'), happened(payload));
    assert.deepEqual((await store.read(streamOf('1')))[0]!.payload, payload);
    assert.deepEqual((await store.readAll())[0]!.payload, payload);
  },

  'leaves out what is undefined and turns -0 into 0, as JSON does': async ({ store }) => {
    const [event] = await write(store, streamOf('1'), happened({ a: undefined, b: { c: undefined, d: -0 } }));
    for (const { payload } of [event!, (await store.read(streamOf('1')))[0]!])
      assert.deepEqual(payload, { b: { d: 0 } });
  },

  'keeps the data of an instance of an event class': async ({ store }) => {
    const [event] = await write(store, streamOf('1'), happened(new Money(3)));
    for (const { payload } of [event!, (await store.read(streamOf('1')))[0]!])
      assert.deepEqual({ ...payload }, { amount: 3 });
  },

  'keeps the payload and the metadata as they were when append was called': async ({ store }) => {
    const payload = { list: [1], inner: { a: 1 } };
    const metadata = { actor: { name: 'Ada' } };
    const appending = started(write(store, streamOf('1'), happened(payload, { metadata })));
    payload.list.push(2);
    payload.inner.a = 2;
    metadata.actor.name = 'Eve';
    for (const event of [(await appending)[0]!, (await store.read(streamOf('1')))[0]!]) {
      assert.deepEqual(event.payload, { list: [1], inner: { a: 1 } });
      assert.deepEqual(event.metadata.actor, { name: 'Ada' });
    }
  },

  'leaves the payload and the metadata of the caller as they are': async ({ store }) => {
    const payload = { list: [1], skipped: undefined };
    const metadata = { actor: { name: 'Ada' } };
    await write(store, streamOf('1'), happened(payload, { metadata }));
    payload.list.push(2);
    metadata.actor.name = 'Eve';
    assert.deepEqual([payload, metadata], [{ list: [1, 2], skipped: undefined }, { actor: { name: 'Eve' } }]);
  },

  'returns events that cannot be changed': async ({ store, soon }) => {
    const event = happened({ list: [{ a: 1 }], inner: { b: {} } }, { metadata: { actor: { roles: ['admin'] } } });
    assertFrozen((await write(store, streamOf('1'), event))[0], 'the event that append answers');
    assertFrozen((await store.read(streamOf('1')))[0], 'the event that read returns');
    assertFrozen((await store.readAll())[0], 'the event that readAll returns');
    assertFrozen(
      (await soon(take(store.subscribe(), 1), 'the page of a subscription'))[0],
      'the event of a subscription',
    );
  },

  'keeps its events when a page that it returned is emptied': async ({ store, soon }) => {
    await write(store, streamOf('1'), happened());
    const subscription = store.subscribe()[Symbol.asyncIterator]();
    const { value } = await soon(subscription.next(), 'the page of a subscription');
    for (const page of [await store.read(streamOf('1')), await store.readAll(), value]) Reflect.set(page, 'length', 0);
    assert.equal((await store.read(streamOf('1'))).length, 1);
    assert.equal((await store.readAll()).length, 1);
  },

  'refuses a payload that JSON cannot carry, names the field and writes nothing': async ({ store }) => {
    for (const [path, payload] of UNSTORABLE) {
      const events = [happened({ fine: true }), happened(payload)];
      const error = await refused('UNSTORABLE_VALUE', () => store.append([to(streamOf('1'), 'any', ...events)]), path);
      assert.equal(error.path, path);
      await assertEmpty(store);
    }
  },

  'refuses metadata that JSON cannot carry, names the entry and writes nothing': async ({ store }) => {
    const event = happened({}, { metadata: { actor: { since: new Date(0) } } });
    const appends = [to(streamOf('0'), 'any', happened()), to(streamOf('1'), 'any', event)];
    const error = await refused('UNSTORABLE_VALUE', () => store.append(appends));
    assert.equal(error.path, 'metadata.actor.since');
    await assertEmpty(store);
  },
};
