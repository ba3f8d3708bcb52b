import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { derivedId, newId, type RecordedEvent } from '../../../src/messages';
import { DuplicateEventError, type EventStore, type ExpectedVersion, type StreamName } from '../../../src/store';

const IDS = Array.from({ length: 5 }, (_, index) => derivedId(newId(), index + 1));
const streamOf = (aggregateId: string): StreamName => ({ aggregateName: 'Thing', aggregateId });

interface Wanted {
  readonly n: number;
  readonly id: string | undefined;
}

interface Append {
  readonly aggregateId: string;
  readonly expected: ExpectedVersion;
  readonly events: readonly Wanted[];
}

const aggregateId = fc.constantFrom('a', 'A', 'b');
const limit = fc.integer({ min: 1, max: 5 });
const plain = fc.record({ n: fc.nat(99), id: fc.constant(undefined) });
// Mostly an id comes with the same payload: only then is it a repetition.
const known = fc
  .record({ place: fc.nat(IDS.length - 1), other: fc.nat(9) })
  .map(({ place, other }) => ({ n: other === 0 ? 99 : place, id: IDS[place] }));
const wanted: fc.Arbitrary<Wanted> = fc.oneof({ weight: 1, arbitrary: plain }, { weight: 2, arbitrary: known });
const expected = fc.oneof(fc.constantFrom<ExpectedVersion>('any', 'none', 'exists'), fc.nat(4));
const append = fc.record({ aggregateId, expected, events: fc.array(wanted, { minLength: 1, maxLength: 3 }) });
const appends = fc.uniqueArray(append, { minLength: 1, maxLength: 3, selector: each => each.aggregateId });

interface Kept extends Wanted {
  readonly aggregateId: string;
  readonly version: number;
  /** The place in the order of all events, from 1: positions ascend, but need not be without gaps. */
  readonly place: number;
}

/** The store as one would explain it: a list, searched from the beginning each time. */
class Model {
  readonly kept: Kept[] = [];

  append(appends: readonly Append[]): unknown {
    const all = appends.flatMap(each => each.events.map(event => ({ ...event, aggregateId: each.aggregateId })));
    const ids = all.flatMap(({ id }) => id ?? []);
    if (new Set(ids).size < ids.length) return 'duplicate';
    if (ids.some(id => this.kept.some(kept => kept.id === id))) return this.#repeat(appends);
    const conflicts = appends
      .map(each => ({
        stream: streamOf(each.aggregateId),
        expected: each.expected,
        actual: this.#version(each.aggregateId),
      }))
      .filter(conflict => !this.#fits(conflict.expected, conflict.actual));
    if (conflicts.length > 0) return conflicts;
    return all.map(event => this.#keep(event)).map(told);
  }

  read(id: string, from: number, count: number): unknown {
    return this.kept
      .filter(kept => kept.aggregateId === id && kept.version >= from)
      .slice(0, count)
      .map(told);
  }

  readAll(after: number, count: number): unknown {
    return this.kept
      .filter(kept => kept.place > after)
      .slice(0, count)
      .map(told);
  }

  /**
   * A repetition is what is there: the same events, one after the other, and where a version is named, from there on.
   */
  #repeat(appends: readonly Append[]): unknown {
    const stored: Kept[] = [];
    for (const { aggregateId, expected, events } of appends) {
      const stream = this.kept.filter(kept => kept.aggregateId === aggregateId);
      const first = stream.findIndex(({ id }) => id !== undefined && id === events[0]!.id);
      const there = first < 0 ? [] : stream.slice(first, first + events.length);
      const same =
        there.length === events.length &&
        events.every(({ id, n }, nth) => id !== undefined && there[nth]!.id === id && there[nth]!.n === n);
      if (!same || !['any', 'exists', first === 0 ? 'none' : first, first].includes(expected)) return 'duplicate';
      stored.push(...there);
    }
    if (stored.some(({ place }, nth) => nth > 0 && place < stored[nth - 1]!.place)) return 'duplicate';
    return stored.map(told);
  }

  #version(id: string): number {
    return this.kept.filter(kept => kept.aggregateId === id).length;
  }

  #fits(expected: ExpectedVersion, actual: number): boolean {
    return { any: true, none: actual === 0, exists: actual > 0 }[String(expected)] ?? expected === actual;
  }

  #keep(event: Wanted & { aggregateId: string }): Kept {
    const kept = { ...event, version: this.#version(event.aggregateId) + 1, place: this.kept.length + 1 };
    this.kept.push(kept);
    return kept;
  }
}

const told = ({ aggregateId, version, place, n, id }: Kept): unknown[] => [
  aggregateId,
  version,
  place,
  n,
  id ?? 'made',
];

/** A store under test, beside the positions that its events were given, in their order. */
class Real {
  readonly #positions: bigint[] = [];

  constructor(readonly store: EventStore) {}

  /** What an append is answered, in the model's words. */
  async append(wanted: readonly Append[]): Promise<unknown> {
    try {
      const outcome = await this.store.append(wanted.map(asked));
      return outcome.ok ? outcome.events : outcome.conflicts;
    } catch (error) {
      if (error instanceof DuplicateEventError) return 'duplicate';
      throw error;
    }
  }

  /** Takes note of the positions of the events that were stored since. */
  async look(): Promise<void> {
    const events = await this.store.readAll({ after: this.#positions.at(-1) ?? 0n });
    this.#positions.push(...events.map(({ position }) => position));
  }

  /** The position after which the events of a higher place come. */
  after(place: number): bigint {
    return place === 0 ? 0n : (this.#positions[place - 1] ?? (this.#positions.at(-1) ?? 0n) + BigInt(place));
  }

  told(answer: unknown): unknown {
    return Array.isArray(answer) ? answer.map(each => ('position' in each ? this.#toldEvent(each) : each)) : answer;
  }

  #toldEvent({ aggregateId, version, position, payload, id }: RecordedEvent): unknown[] {
    const place = this.#positions.indexOf(position) + 1;
    return [aggregateId, version, place, (payload as { n: number }).n, IDS.includes(id) ? id : 'made'];
  }
}

const asked = ({ aggregateId, expected, events }: Append) => ({
  stream: streamOf(aggregateId),
  expected,
  events: events.map(({ n, id }) => ({ name: 'Happened', payload: { n }, ...(id !== undefined && { id }) })),
});

/** One question to the store and to the model; both must give the same answer. */
class Question implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly what: string,
    private readonly ask: (store: Real) => Promise<unknown>,
    private readonly answer: (model: Model) => unknown,
  ) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    const answer = await this.ask(real);
    await real.look();
    assert.deepEqual(real.told(answer), this.answer(model), this.what);
  }

  toString(): string {
    return this.what;
  }
}

const question = (
  name: string,
  values: unknown,
  ask: (store: Real) => Promise<unknown>,
  answer: (model: Model) => unknown,
): Question => new Question(`${name} ${fc.stringify(values)}`, ask, answer);

const appending = appends.map(each =>
  question(
    'append',
    each,
    real => real.append(each),
    model => model.append(each),
  ),
);

const reading = fc.record({ aggregateId, from: fc.integer({ min: 1, max: 6 }), limit }).map(each =>
  question(
    'read',
    each,
    ({ store }) => store.read(streamOf(each.aggregateId), { from: each.from, limit: each.limit }),
    model => model.read(each.aggregateId, each.from, each.limit),
  ),
);

const readingAll = fc.record({ after: fc.nat(12), limit }).map(each =>
  question(
    'readAll',
    each,
    real => real.store.readAll({ after: real.after(each.after), limit: each.limit }),
    model => model.readAll(each.after, each.limit),
  ),
);

const everything = question(
  'readAll',
  'at the end',
  ({ store }) => store.readAll(),
  model => model.readAll(0, 1000),
);

/** Lends a store without events for one run. */
export type Lend = (use: (store: EventStore) => Promise<void>) => Promise<void>;

/** Plays sequences of appends and reads on a store, beside a naive list, and compares all answers. */
export const answersAsTheModel = (lend: Lend): fc.IAsyncPropertyWithHooks<unknown> =>
  fc.asyncProperty(fc.commands([appending, appending, appending, reading, readingAll], { maxCommands: 8 }), questions =>
    lend(store => fc.asyncModelRun(() => ({ model: new Model(), real: new Real(store) }), [...questions, everything])),
  );

/**
 * The same for appends of which several are asked for before the first is answered: they must be answered as if one
 * came after the other.
 */
export const answersTogetherAsTheModel = (lend: Lend): fc.IAsyncPropertyWithHooks<unknown> =>
  fc.asyncProperty(fc.array(fc.array(appends, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }), turns =>
    lend(async store => {
      const [real, model] = [new Real(store), new Model()];
      for (const turn of turns) {
        const answers = await Promise.all(turn.map(each => real.append(each)));
        await real.look();
        const told = answers.map(answer => real.told(answer));
        assert.deepEqual(
          told,
          turn.map(each => model.append(each)),
        );
      }
      await everything.run(model, real);
    }),
  );
