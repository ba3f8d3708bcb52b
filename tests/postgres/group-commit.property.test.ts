import * as fc from 'fast-check';
import { newId, type RecordedEvent } from '../../src/messages';
import { DuplicateEventError, type ExpectedVersion, type StreamAppend } from '../../src/store';
import { stream, TestSchema } from './database';

const schema = new TestSchema(__filename);

interface Wanted {
  readonly n: number;
  /** Which of the run's chosen ids the event has; none: the store makes one. */
  readonly id: number | undefined;
}

interface Part {
  readonly stream: number;
  readonly expected: ExpectedVersion;
  readonly events: readonly Wanted[];
}

type Call = readonly Part[];
type Kept = Wanted & { readonly stream: number; readonly version: number };

/** The store as one would explain it: a list, and one call after the other. */
class Model {
  readonly kept: Kept[] = [];

  append(call: Call): unknown {
    const all = call.flatMap(part => part.events.map(event => ({ ...event, stream: part.stream })));
    const ids = all.flatMap(({ id }) => id ?? []);
    if (new Set(ids).size < ids.length) return 'duplicate';
    if (this.kept.some(({ id }) => id !== undefined && ids.includes(id))) return this.#repeat(all);
    const conflicts = call.filter(({ expected, stream }) => !this.#fits(expected, this.#version(stream)));
    if (conflicts.length > 0) return conflicts.map(part => [part.stream, part.expected, this.#version(part.stream)]);
    return all.map(event => {
      const kept = { ...event, version: this.#version(event.stream) + 1 };
      this.kept.push(kept);
      return told(kept);
    });
  }

  #repeat(all: readonly (Wanted & { stream: number })[]): unknown {
    const found = all.map(({ id, stream }) => this.kept.find(kept => id !== undefined && kept.id === id && kept.stream === stream));
    return found.includes(undefined) ? 'duplicate' : found.map(kept => told(kept!));
  }

  #version(stream: number): number {
    return this.kept.filter(kept => kept.stream === stream).length;
  }

  #fits(expected: ExpectedVersion, actual: number): boolean {
    return { any: true, none: actual === 0, exists: actual > 0 }[String(expected)] ?? expected === actual;
  }
}

const told = ({ stream, version, n }: Kept): unknown[] => [stream, version, n];

const part = fc.record({
  stream: fc.nat(3),
  expected: fc.oneof(fc.constantFrom<ExpectedVersion>('any', 'none', 'exists'), fc.nat(4)),
  events: fc.array(fc.record({ n: fc.nat(99), id: fc.option(fc.nat(4), { nil: undefined, freq: 2 }) }), { minLength: 1, maxLength: 3 }),
});
const call: fc.Arbitrary<Call> = fc.uniqueArray(part, { minLength: 1, maxLength: 3, selector: ({ stream }) => stream });
/** Each list is asked for at once. */
const turns = fc.array(fc.array(call, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });

test('appends that are asked for at once end as if they had come one after the other', async () => {
  const store = schema.open();
  let last = 0n;
  await fc.assert(
    fc.asyncProperty(turns, async calls => {
      const [run, ids, model] = [newId(), [newId(), newId(), newId(), newId(), newId()], new Model()];
      const streamOf = (number: number) => stream(String(number), run);
      const tell = ({ aggregateId, version, payload }: RecordedEvent) => [Number(aggregateId), version, (payload as Wanted).n];
      const asAppend = (part: Part): StreamAppend => ({
        ...{ stream: streamOf(part.stream), expected: part.expected },
        events: part.events.map(({ n, id }) => ({ name: 'N', payload: { n }, ...(id !== undefined && { id: ids[id]! }) })),
      });
      const ask = async (call: Call): Promise<unknown> => {
        const outcome = await store.append(call.map(asAppend)).catch(error => {
          if (error instanceof DuplicateEventError) return 'duplicate' as const;
          throw error;
        });
        if (outcome === 'duplicate') return outcome;
        if (outcome.ok) return outcome.events.map(tell);
        return outcome.conflicts.map(({ stream, expected, actual }) => [Number(stream.aggregateId), expected, actual]);
      };
      for (const turn of calls) expect(await Promise.all(turn.map(ask))).toEqual(turn.map(each => model.append(each)));
      const log = (await store.readAll({ after: last })).filter(event => event.aggregateName === run);
      expect(log.map(tell)).toEqual(model.kept.map(told));
      last = log.at(-1)?.position ?? last;
      const pages = await Promise.all([0, 1, 2, 3].map(number => store.read(streamOf(number), { from: 2, limit: 3 })));
      const expected = [0, 1, 2, 3].map(number =>
        model.kept
          .filter(kept => kept.stream === number)
          .slice(1, 4)
          .map(told),
      );
      expect(pages.map(page => page.map(tell))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
}, 120_000);
