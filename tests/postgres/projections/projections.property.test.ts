import fc from 'fast-check';
import { sqlite } from '../../../src/adapters/sqlite';
import { type DocumentQuery, type DocumentValue, InMemoryEventStore, type ProjectionStore } from '../../../src/store';
import { TestSchema } from '../../support/stores/schema';

const RUNS = 250;
const INDEXES = ['a', 'b', 'c'];

const schema = new TestSchema(__filename);
const stores = { memory: new InMemoryEventStore(), sqlite: sqlite(':memory:'), postgres: schema.open() };
afterAll(() => stores.sqlite.close());

type Fields = Readonly<Record<string, unknown>>;

// Few values, so that documents share them; and some of every kind.
const text = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'ab', '10', '9', 'ä', '\uffee', '🎈', '漢'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const stored = text.filter(value => value.isWellFormed() && !value.includes('\0'));
const number = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
const value: fc.Arbitrary<DocumentValue> = fc.oneof(fc.constant(null), fc.boolean(), number, stored);
const field = fc.oneof(
  { weight: 8, arbitrary: value },
  { weight: 1, arbitrary: fc.constantFrom([], [1], {}, { a: 1 }) },
);
const fields: fc.Arbitrary<Fields> = fc.record(
  { a: field, b: fc.constantFrom(1, 2, 'x', null), c: field, other: field },
  { requiredKeys: [] },
);
const id = fc.oneof(
  fc.constantFrom('1', '2', '10', 'a', 'B', '🎈', '\uffee', '__proto__'),
  stored.filter(value => value.length > 0),
);
const changes = fc.array(fc.tuple(id, fc.option(fields, { freq: 6 })), { maxLength: 30 });

const query = fc.record<DocumentQuery>(
  {
    where: fc.record(
      { a: fc.oneof(value, fc.array(value, { maxLength: 5 })), b: fc.constantFrom(1, 'x', null, [1, 2]) },
      { requiredKeys: [] },
    ) as never,
    orderBy: fc.oneof(
      fc.constantFrom(...INDEXES),
      fc.record({ field: fc.constantFrom(...INDEXES), direction: fc.constantFrom('asc' as const, 'desc' as const) }),
    ),
  },
  { requiredKeys: [] },
);

const KINDS = ['null', 'false', 'true', 'number', 'string', 'object'];

function kind(value: unknown): number {
  if (value === null || value === undefined) return 0;
  return KINDS.indexOf(typeof value === 'boolean' ? String(value) : typeof value);
}

/** Compares code point by code point, through the bytes of UTF-8. */
const compareTexts = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

function compareValues(one: unknown, other: unknown): number {
  if (kind(one) !== kind(other)) return kind(one) - kind(other);
  if (typeof one === 'number') return one - (other as number);
  return typeof one === 'string' ? compareTexts(one, other as string) : 0;
}

const matches = (value: unknown, wanted: DocumentValue): boolean =>
  typeof value === 'object' && value !== null ? false : (value ?? null) === wanted || (value === 0 && wanted === 0);

/** What a query finds, the plain way: filter, then sort. */
function naive(documents: ReadonlyMap<string, Fields>, { where = {}, orderBy }: DocumentQuery): [string, Fields][] {
  const { field, direction } = typeof orderBy === 'object' ? orderBy : { field: orderBy, direction: 'asc' };
  const found = [...documents].filter(([, document]) =>
    Object.entries(where).every(([name, wanted]) =>
      [wanted].flat().some(each => matches(document[name], each as DocumentValue)),
    ),
  );
  found.sort(
    ([one, left], [other, right]) => (field && compareValues(left[field], right[field])) || compareTexts(one, other),
  );
  return direction === 'desc' ? found.reverse() : found;
}

async function paged(
  store: ProjectionStore,
  version: number,
  query: DocumentQuery,
  limit: number,
): Promise<[string, object][]> {
  const found: [string, object][] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.find('found', version, { ...query, limit, ...(after !== undefined && { after }) });
    found.push(...page.items.map(({ id, document }): [string, object] => [id, document]));
    if (page.cursor === undefined) return found;
    expect(page.items).toHaveLength(limit);
    after = page.cursor;
  }
}

const plain = (fields: Fields): Fields => JSON.parse(JSON.stringify(fields));

test(`memory, SQLite and PostgreSQL find what a filter and a sort find, in ${RUNS} runs`, async () => {
  let version = 0;
  const property = fc.asyncProperty(
    changes,
    fc.array(query, { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1, max: 7 }),
    async (given, queries, limit) => {
      version++;
      const expected = new Map<string, Fields>();
      for (const [id, document] of given) {
        if (document) expected.set(id, plain(document));
        else expected.delete(id);
      }
      const half = Math.floor(given.length / 2);
      for (const { projections } of Object.values(stores)) {
        await projections.prepare({ name: 'found', version, indexes: INDEXES });
        const write = async (from: bigint, part: typeof given): Promise<void> => {
          const writes = part.map(([id, document]) => ({ readModel: 'found', version, id, document }));
          const commit = { checkpoint: { projection: 'found', version, segment: 0 }, from, to: from + 1n, writes };
          expect(await projections.commit(commit)).toEqual({ ok: true });
        };
        await write(0n, given.slice(0, half));
        await write(1n, given.slice(half));
        for (const each of queries)
          expect(await paged(projections, version, each, limit)).toEqual(naive(expected, each));
        expect(await projections.get('found', version, [...expected.keys()])).toEqual(expected);
      }
    },
  );
  await fc.assert(property, { numRuns: RUNS });
}, 120_000);
