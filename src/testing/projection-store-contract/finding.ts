import assert from 'node:assert/strict';
import type { DocumentQuery, ProjectionStore } from '../../store';
import { type Check, filled, ids, NAME, put, refused, schema, write } from './fixtures';

/** In the order that every store must give them. The ids do not tell it. */
const ASCENDING: readonly unknown[] = [
  ...[
    null,
    false,
    true,
    -Number.MAX_VALUE,
    -1e21,
    -2,
    -1.5,
    -5e-324,
    0,
    5e-324,
    0.1,
    1,
    2,
    10,
    2 ** 53,
    Number.MAX_VALUE,
  ],
  ...['', ' ', '0', '10', '2', 'A', 'Z', 'a', 'a ', 'aa', 'b', 'z', 'ä', 'é', '\u2028', '漢', '\uffee', '🎈'],
];

const byValue = (): Record<string, object> =>
  Object.fromEntries(ASCENDING.map((rank, place) => [`${(place * 7) % ASCENDING.length}-${place}`, { rank }]));

const ranks = async (store: ProjectionStore, query: DocumentQuery): Promise<unknown[]> =>
  (await store.find(NAME, 1, query)).items.map(({ document }) => (document as { rank?: unknown }).rank);

/** Reads all pages of a query, one after the other. */
async function paged(store: ProjectionStore, query: DocumentQuery): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.find(NAME, 1, { ...query, ...(after !== undefined && { after }) });
    assert.ok(page.items.length > 0 || after === undefined, 'a cursor led to an empty page');
    found.push(...page.items.map(({ id }) => id));
    if (page.cursor === undefined) return found;
    assert.equal(page.items.length, query.limit);
    after = page.cursor;
  }
}

/** Documents by their fields, in order, page by page. */
export const findingChecks: Readonly<Record<string, Check>> = {
  'finds all documents by id, and the first 100 without a limit': async store => {
    await store.prepare(schema());
    assert.deepEqual(await store.find(NAME, 1), { items: [], cursor: undefined });
    await put(store, ...Array.from({ length: 120 }, (_, n) => write(`${999 - n}`, { rank: n })));
    const expected = Array.from({ length: 120 }, (_, n) => `${880 + n}`);
    assert.deepEqual(await ids(store), expected.slice(0, 100));
    assert.deepEqual(await ids(store, { limit: 1000 }), expected);
  },

  'finds by several fields and by lists of values; null also finds missing fields': async store => {
    const documents = {
      a: { group: 'x', rank: 1 },
      b: { group: 'x', rank: 2 },
      c: { group: 'y', rank: 1 },
      d: { group: null },
      e: {},
    };
    await filled(store, documents);
    const found: readonly [DocumentQuery['where'] & object, string][] = [
      [{ group: 'x' }, 'ab'],
      [{ group: 'x', rank: 1 }, 'a'],
      [{ group: ['x', 'y'], rank: [1, 3] }, 'ac'],
      [{ group: null }, 'de'],
      [{ group: ['y', null] }, 'cde'],
      [{ group: [] }, ''],
      [{ group: '\0' }, ''],
      [{ group: '\ud800' }, ''],
      [{ rank: '1' }, ''],
      [{}, 'abcde'],
    ];
    for (const [where, expected] of found)
      assert.equal((await ids(store, { where })).join(''), expected, JSON.stringify(where));
  },

  'orders texts by their first 255 characters; those that are equal so far stay in one order, in both directions':
    async store => {
      const long = (end: string): string => 'x'.repeat(255) + end;
      const texts = {
        a: long('3'),
        b: long(''),
        c: `${'x'.repeat(254)}y`,
        d: long('1'),
        e: `${'x'.repeat(254)}w`,
        f: long('2'),
      };
      await filled(store, Object.fromEntries(Object.entries(texts).map(([id, rank]) => [id, { rank }])));
      const ascending = await paged(store, { orderBy: 'rank', limit: 1 });
      assert.deepEqual(
        [ascending[0], ascending.slice(1, -1).sort(), ascending.at(-1)],
        ['e', ['a', 'b', 'd', 'f'], 'c'],
      );
      assert.deepEqual(
        await paged(store, { orderBy: { field: 'rank', direction: 'desc' }, limit: 2 }),
        [...ascending].reverse(),
      );
      for (const [id, rank] of Object.entries(texts)) assert.deepEqual(await ids(store, { where: { rank } }), [id]);
    },

  'tells values of different types apart': async store => {
    await filled(store, byValue());
    for (const rank of ASCENDING) assert.deepEqual(await ranks(store, { where: { rank: rank as string } }), [rank]);
  },

  'orders null, false, true, numbers and text, upwards and downwards': async store => {
    await filled(store, byValue());
    assert.deepEqual(await ranks(store, { orderBy: 'rank' }), ASCENDING);
    assert.deepEqual(await ranks(store, { orderBy: { field: 'rank', direction: 'desc' } }), [...ASCENDING].reverse());
  },

  'orders ids by code points': async store => {
    const ordered = ['"', '0', '10', '2', 'A', 'Z', '__proto__', 'a', 'z', 'ä', '漢', '\uffee', '🎈'];
    await filled(store, Object.fromEntries(ordered.map((id, place) => [id === '__proto__' ? 'z0' : id, { place }])));
    await put(store, write('z0', null), write('__proto__', { place: 6 }));
    assert.deepEqual(await ids(store), ordered);
  },

  'those of equal values go by id, in the same direction': async store => {
    await filled(store, { c: { rank: 1 }, a: { rank: 1 }, b: { rank: 1 }, d: { rank: 0 } });
    assert.deepEqual(await ids(store, { orderBy: 'rank' }), ['d', 'a', 'b', 'c']);
    assert.deepEqual(await ids(store, { orderBy: { field: 'rank', direction: 'desc' } }), ['c', 'b', 'a', 'd']);
  },

  'lists and objects come last and equal nothing; what is missing is as null': async store => {
    await filled(store, { a: { rank: [1] }, b: { rank: {} }, c: { rank: 'text' }, d: {}, e: { rank: null } });
    assert.deepEqual(await ids(store, { orderBy: 'rank' }), ['d', 'e', 'c', 'a', 'b']);
    assert.deepEqual(await ids(store, { where: { rank: ['1', 1, null, '{}', '[1]'] } }), ['d', 'e']);
  },

  'compares long texts as a whole, and orders them by their first 255 characters': async store => {
    const long = (end: string) => ({ rank: 'x'.repeat(255) + end });
    const balloons = { rank: `${'x'.repeat(254)}🎈🎈` };
    await filled(store, {
      a: long('1'),
      b: long('2'),
      c: long(''),
      d: { rank: 'x' },
      e: { rank: 'y' },
      f: long('漢'.repeat(50_000)),
      g: balloons,
    });
    for (const [id, { rank }] of Object.entries({
      a: long('1'),
      c: long(''),
      f: long('漢'.repeat(50_000)),
      g: balloons,
    })) {
      assert.deepEqual(await ids(store, { where: { rank } }), [id]);
    }
    const found = await ids(store, { orderBy: 'rank' });
    assert.deepEqual([...found.slice(0, 2), ...found.slice(2, 5).sort(), ...found.slice(5)], [...'dcabfge']);
    assert.deepEqual(await paged(store, { orderBy: 'rank', limit: 1 }), found);
  },

  'an index follows what is written': async store => {
    await filled(store, { a: { group: 'x' }, b: { group: 'y' } });
    await put(store, write('a', { group: 'y' }), write('b', {}));
    assert.deepEqual(await ids(store, { where: { group: 'x' } }), []);
    assert.deepEqual(await ids(store, { where: { group: 'y' } }), ['a']);
    assert.deepEqual(await ids(store, { where: { group: null } }), ['b']);
  },

  'pages hold every document once, in order, however large they are': async store => {
    const documents = Array.from({ length: 23 }, (_, n) => [`${(n * 5) % 23}`, { group: `g${n % 2}`, rank: n % 4 }]);
    await filled(store, Object.fromEntries(documents));
    for (const orderBy of [undefined, 'rank', { field: 'rank', direction: 'desc' }] as const) {
      for (const where of [undefined, { group: 'g1' }]) {
        const query = { ...(orderBy && { orderBy }), ...(where && { where }) };
        const whole = await ids(store, { ...query, limit: 1000 });
        assert.equal(whole.length, where ? 11 : 23);
        for (const limit of [1, 2, 11, 22, 23, 24]) assert.deepEqual(await paged(store, { ...query, limit }), whole);
      }
    }
  },

  'a cursor keeps its place while documents come and go': async store => {
    await filled(store, { a: { rank: 1 }, b: { rank: 2 }, d: { rank: 4 }, e: { rank: 5 } });
    const { cursor } = await store.find(NAME, 1, { orderBy: 'rank', limit: 2 });
    await put(store, write('b', null), write('A', { rank: 0 }), write('c', { rank: 3 }), write('B', { rank: 2 }));
    assert.deepEqual(await ids(store, { orderBy: 'rank', after: cursor! }), ['c', 'd', 'e']);
  },

  'refuses queries by other fields, wrong limits, wrong cursors and wrong values': async store => {
    await filled(store, { a: { rank: 1 }, b: { rank: 2 }, __proto: { rank: 3 } });
    const { cursor } = await store.find(NAME, 1, { orderBy: 'rank', limit: 1 });
    const wrong: object[] = [
      ...[
        { where: { other: 1 } },
        { orderBy: 'other' },
        { orderBy: { field: 'id', direction: 'asc' } },
        { where: { constructor: 1 } },
      ],
      ...[0, -1, 1.5, 1001, Number.NaN, '10', null].map(limit => ({ limit })),
      ...['', 'x', 'AAAA', 7, null, Buffer.from('[null,"asc",""]').toString('base64url')].map(after => ({ after })),
      ...[
        { after: cursor },
        { orderBy: { field: 'rank', direction: 'desc' }, after: cursor },
        { orderBy: 'group', after: cursor },
      ],
      ...[undefined, Number.NaN, {}, [[]], 7n, new Date(), [undefined], Array.from({ length: 1001 }, (_, n) => n)].map(
        rank => ({
          where: { rank },
        }),
      ),
      ...[null, 7, {}, { field: 'rank' }, { field: null, direction: 'asc' }].map(orderBy => ({ orderBy })),
      { orderBy: { field: 'rank', direction: 'up' } },
      ...[{ where: null }, { where: ['rank'] }],
    ];
    await refused('INVALID_DOCUMENT_QUERY', ...wrong.map(query => () => store.find(NAME, 1, query)));
    assert.deepEqual(await ids(store, { orderBy: 'rank', after: cursor!, limit: 1 }), ['b']);
  },
};
