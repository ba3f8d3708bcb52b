import * as fc from 'fast-check';
import { derivedId, newId, type RecordedEvent } from '../../src/messages';
import { DuplicateEventError, type EventStore, type ExpectedVersion, type StreamName } from '../../src/store';

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

type Operation =
  | { readonly kind: 'append'; readonly appends: readonly Append[] }
  | { readonly kind: 'read'; readonly aggregateId: string; readonly from: number; readonly limit: number }
  | { readonly kind: 'readAll'; readonly after: bigint; readonly limit: number };

const aggregateId = fc.constantFrom('a', 'A', 'b');
const limit = fc.integer({ min: 1, max: 5 });
const wanted = fc.record({ n: fc.nat(99), id: fc.option(fc.constantFrom(...IDS), { nil: undefined, freq: 2 }) });
const expected = fc.oneof(fc.constantFrom<ExpectedVersion>('any', 'none', 'exists'), fc.nat(4));
const append = fc.record({ aggregateId, expected, events: fc.array(wanted, { minLength: 1, maxLength: 3 }) });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('append' as const), appends: appendsToDifferentStreams() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), aggregateId, from: fc.integer({ min: 1, max: 6 }), limit }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('readAll' as const), after: fc.bigInt(0n, 12n), limit }) },
);

function appendsToDifferentStreams(): fc.Arbitrary<Append[]> {
  return fc.uniqueArray(append, { minLength: 1, maxLength: 3, selector: each => each.aggregateId });
}

interface Kept extends Wanted {
  readonly aggregateId: string;
  readonly version: number;
  readonly position: bigint;
}

/** The store as one would explain it: a list, searched from the beginning each time. */
class Model {
  readonly kept: Kept[] = [];

  append(appends: readonly Append[]): unknown {
    const all = appends.flatMap(each => each.events.map(event => ({ ...event, aggregateId: each.aggregateId })));
    const ids = all.flatMap(({ id }) => id ?? []);
    if (new Set(ids).size < ids.length) return 'duplicate';
    if (ids.some(id => this.kept.some(kept => kept.id === id))) return this.#repeat(all);
    const conflicts = appends
      .map(each => ({ stream: streamOf(each.aggregateId), expected: each.expected, actual: this.#version(each.aggregateId) }))
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

  readAll(after: bigint, count: number): unknown {
    return this.kept
      .filter(kept => kept.position > after)
      .slice(0, count)
      .map(told);
  }

  #repeat(all: readonly (Wanted & { aggregateId: string })[]): unknown {
    const stored = all.map(({ id, aggregateId }) =>
      this.kept.find(kept => id !== undefined && kept.id === id && kept.aggregateId === aggregateId),
    );
    return stored.includes(undefined) ? 'duplicate' : stored.map(kept => told(kept!));
  }

  #version(id: string): number {
    return this.kept.filter(kept => kept.aggregateId === id).length;
  }

  #fits(expected: ExpectedVersion, actual: number): boolean {
    return { any: true, none: actual === 0, exists: actual > 0 }[String(expected)] ?? expected === actual;
  }

  #keep(event: Wanted & { aggregateId: string }): Kept {
    const kept = { ...event, version: this.#version(event.aggregateId) + 1, position: BigInt(this.kept.length + 1) };
    this.kept.push(kept);
    return kept;
  }
}

const told = ({ aggregateId, version, position, n, id }: Kept): unknown[] => [aggregateId, version, position, n, id ?? 'made'];

const toldByStore = ({ aggregateId, version, position, payload, id }: RecordedEvent): unknown[] => [
  ...[aggregateId, version, position, (payload as { n: number }).n, IDS.includes(id) ? id : 'made'],
];

async function tellAppend(store: EventStore, appends: readonly Append[]): Promise<unknown> {
  const asked = appends.map(each => ({
    stream: streamOf(each.aggregateId),
    expected: each.expected,
    events: each.events.map(({ n, id }) => ({ name: 'Happened', payload: { n }, ...(id !== undefined && { id }) })),
  }));
  try {
    const outcome = await store.append(asked);
    return outcome.ok ? outcome.events.map(toldByStore) : outcome.conflicts;
  } catch (error) {
    if (error instanceof DuplicateEventError) return 'duplicate';
    throw error;
  }
}

async function play(store: EventStore, model: Model, step: Operation): Promise<void> {
  if (step.kind === 'append') expect(await tellAppend(store, step.appends)).toEqual(model.append(step.appends));
  else if (step.kind === 'readAll') {
    expect((await store.readAll(step)).map(toldByStore)).toEqual(model.readAll(step.after, step.limit));
  } else {
    const events = await store.read(streamOf(step.aggregateId), { from: step.from, limit: step.limit });
    expect(events.map(toldByStore)).toEqual(model.read(step.aggregateId, step.from, step.limit));
  }
}

/** Plays sequences of appends and reads on new stores, each beside a naive list, and compares all answers. */
export async function answersAsTheModel(open: () => EventStore, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 8 }), async operations => {
    const [store, model] = [open(), new Model()];
    for (const step of operations) await play(store, model, step);
    expect((await store.readAll()).map(toldByStore)).toEqual(model.readAll(0n, 1000));
    await store.close();
  });
  await fc.assert(property, { numRuns });
}

/** The same for appends that are all asked for before the first is answered: they must be answered as if one came after the other. */
export async function answersTogetherAsTheModel(open: () => EventStore, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(fc.array(appendsToDifferentStreams(), { minLength: 2, maxLength: 8 }), async together => {
    const [store, model] = [open(), new Model()];
    const answers = await Promise.all(together.map(appends => tellAppend(store, appends)));
    expect(answers).toEqual(together.map(appends => model.append(appends)));
    expect((await store.readAll()).map(toldByStore)).toEqual(model.readAll(0n, 1000));
    await store.close();
  });
  await fc.assert(property, { numRuns });
}
