import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { postgres } from '../../../src/adapters/postgres';
import { EventualityError } from '../../../src/messages';
import type { EventStore, NewEvent, StreamAppend } from '../../../src/store';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { changedSince, identifiers, names, payloads, prototypes } from '../../support/hostile-values';
import { url } from '../../support/stores/schema';
import { withSchema, withStores } from '../../support/stores/stores';
import { TESTED } from '../../support/stores/tested';
import { messageNames } from './hostile-messages';

/** So many are asked for at once. */
const CHUNK = 100;
/** So many of the names that are good are made use of. */
const OPENED = 20;

export interface HostileSizes {
  readonly payloads: number;
  readonly identifiers: number;
}

/**
 * Gives stores and buses what was not made in good faith: each is stored as it is, or refused with one error of its
 * kind.
 */
export async function hostileInput(sizes: HostileSizes, seed: number): Promise<Figure[]> {
  const before = prototypes();
  const figures: Figure[] = [];
  for (const store of TESTED) {
    figures.push(
      ...(await withStores(store, 1, async ([each]) =>
        payloadFigures(each!, { item: 15, store, done: '', seed }, sizes.payloads),
      )),
    );
    figures.push(
      ...(await withStores(store, 1, async ([each]) =>
        nameFigures(each!, { item: 15, store, done: '', seed }, sizes.identifiers),
      )),
    );
  }
  figures.push(...(await schemaFigures(sizes.identifiers, seed)));
  figures.push(...(await messageNames(sizes.identifiers, seed)));
  const subject: Subject = { item: 15, store: 'all', done: 'all of the above', seed };
  figures.push(none(subject, 'prototypes changed', changedSince(before)), pollution(seed));
  return figures;
}

/**
 * What became of one append: the number of its position, or the code of its error; an error of no kind is told as a
 * whole.
 */
type Answer = bigint | string;

async function answer(store: EventStore, append: StreamAppend): Promise<Answer> {
  try {
    const outcome = await store.append([append]);
    return outcome.ok ? outcome.events[0]!.position : 'CONFLICT';
  } catch (error) {
    return EventualityError.is(error) ? error.code : `no error of its kind: ${error}`;
  }
}

async function answers(store: EventStore, appends: readonly StreamAppend[]): Promise<Answer[]> {
  const all: Answer[] = [];
  for (let start = 0; start < appends.length; start += CHUNK) {
    all.push(...(await Promise.all(appends.slice(start, start + CHUNK).map(append => answer(store, append)))));
  }
  return all;
}

const append = (event: NewEvent, aggregateName = 'Thing', aggregateId = '1'): StreamAppend => ({
  stream: { aggregateName, aggregateId },
  expected: 'any',
  events: [event],
});

async function payloadFigures(store: EventStore, about: Subject, numRuns: number): Promise<Figure[]> {
  const given = [...fc.sample(payloads, { numRuns: numRuns - 1, seed: about.seed }), { changedByJson: Number.NaN }];
  const got = await answers(
    store,
    given.map(payload => append({ name: 'Happened', payload })),
  );
  const stored = new Map<Answer, object>();
  for (let after = 0n; ; ) {
    const page = await store.readAll({ after });
    for (const { position, payload } of page) stored.set(position, payload);
    if (page.length === 0) break;
    after = page.at(-1)!.position;
  }
  const wrong = given.filter(
    (payload, index) =>
      !(typeof got[index] === 'bigint' ? isSame(payload, stored.get(got[index])) : got[index] === 'UNSTORABLE_VALUE'),
  );
  const subject = { ...about, done: `${numRuns} generated payloads` };
  return [
    told(subject, 'stored, refused', `${stored.size}, ${numRuns - stored.size}`),
    none(subject, 'neither stored as given nor refused with one UnstorableValueError', wrong.length),
    some(
      { ...subject, done: 'carrying payloads through JSON unseen' },
      'not as given',
      given.filter(payload => !survivesJson(payload)).length,
    ),
  ];
}

/** Tells whether what is stored is what was given: all of its values, in a JSON that says the same. */
function isSame(given: object, stored: object | undefined): boolean {
  return stored !== undefined && isEqual(JSON.parse(JSON.stringify(stored)), JSON.parse(JSON.stringify(given)));
}

function survivesJson(payload: object): boolean {
  try {
    return isEqual(JSON.parse(JSON.stringify(payload)), payload);
  } catch {
    return false;
  }
}

function isEqual(left: unknown, right: unknown): boolean {
  try {
    assert.deepEqual(left, right);
    return true;
  } catch {
    return false;
  }
}

const isName = (name: string): boolean =>
  name.length >= 1 && name.length <= 255 && name.isWellFormed() && !name.includes('\0');

async function nameFigures(store: EventStore, about: Subject, numRuns: number): Promise<Figure[]> {
  const given = fc.sample(names, { numRuns, seed: about.seed });
  const appends = given.map(name => append({ name, payload: { name } }, name, name));
  const got = await answers(store, appends);
  let wrong = 0;
  for (const [index, name] of given.entries()) {
    if (!isName(name)) {
      if (got[index] !== 'INVALID_APPEND') wrong++;
    } else {
      const events = await store.read({ aggregateName: name, aggregateId: name });
      const own = events.find(({ position }) => position === got[index]);
      if (
        !own ||
        [own.name, own.aggregateName, own.aggregateId, (own.payload as { name: string }).name].some(
          each => each !== name,
        )
      )
        wrong++;
    }
  }
  return [
    none(
      { ...about, done: `${numRuns} generated names of aggregates, streams and events` },
      'neither stored as given nor refused with one InvalidAppendError',
      wrong,
    ),
  ];
}

async function schemaFigures(numRuns: number, seed: number): Promise<Figure[]> {
  const given = fc.sample(identifiers, { numRuns, seed });
  const isGood = (name: string, longest: number): boolean => /^[a-z_][a-z0-9_]*$/.test(name) && name.length <= longest;
  let wrong = 0;
  for (const name of given) {
    if ((await refusal({ schema: name })) !== (isGood(name, 63) ? undefined : 'POSTGRES_OPTIONS')) wrong++;
    if ((await refusal({ tablePrefix: name })) !== (isGood(name, 47) ? undefined : 'POSTGRES_OPTIONS')) wrong++;
  }
  const good = [...new Set(given)].filter(name => isGood(name, 47)).slice(0, OPENED);
  const unusable = await withSchema(async schema => {
    let count = 0;
    for (const tablePrefix of good) {
      const store = schema.open({ tablePrefix, maxConnections: 2 });
      const stored =
        typeof (await answer(store, append({ name: 'Happened', payload: {} }))) === 'bigint' &&
        (await store.readAll()).length === 1;
      if (!stored) count++;
      await store.close();
    }
    return count;
  });
  const subject: Subject = {
    item: 15,
    store: 'PostgreSQL',
    done: `${numRuns} generated names of schemas and tables`,
    seed,
  };
  return [
    none(subject, 'neither accepted nor refused with one PostgresOptionsError', wrong),
    none({ ...subject, done: `${good.length} of those accepted, with tables of that name` }, 'unusable', unusable),
  ];
}

async function refusal(options: { schema?: string; tablePrefix?: string }): Promise<string | undefined> {
  try {
    await postgres({ connectionString: url, ...options }).close();
    return undefined;
  } catch (error) {
    return EventualityError.is(error) ? error.code : `no error of its kind: ${error}`;
  }
}

/** The control: what merges payloads as one might write it first changes prototypes, and that is noticed. */
function pollution(seed: number): Figure {
  const before = prototypes();
  merge({}, JSON.parse('{"__proto__":{"polluted":1}}'));
  const changed = changedSince(before);
  delete (Object.prototype as { polluted?: unknown }).polluted;
  return some(
    { item: 15, store: '-', done: 'a merge that follows the key __proto__', seed },
    'prototypes changed',
    changed,
  );
}

function merge(target: Record<string, any>, source: Record<string, any>): void {
  for (const [key, value] of Object.entries(source)) {
    if (typeof value === 'object') merge(target[key], value);
    else target[key] = value;
  }
}
