import fc from 'fast-check';
import { sqlite } from '../../../src/adapters/sqlite';
import {
  InMemoryEventStore,
  type NewDeadline,
  type NewProcessInput,
  type NewProcessOutput,
  type ProcessChanges,
  type ProjectionStore,
} from '../../../src/store';
import { range } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';

const RUNS = 100;
const FAR = 8_000_000_000_000;

const schema = new TestSchema(__filename);
const events = { memory: new InMemoryEventStore(), sqlite: sqlite(':memory:'), postgres: schema.open() };
afterAll(() => events.sqlite.close());
const stores = Object.values(events).map(({ projections }): ProjectionStore => projections);

// Few of each, so that changes meet what is there; sorted differently by code points and by code units.
const instance = fc.constantFrom('a', 'B', '🎈', '\uffee');
const key = fc.constantFrom('a', '🎈', '\uffee');
const id = fc.constantFrom(...range(1, 6).map(String));
const hash = fc.constantFrom(0, 1, 2, 3, 2 ** 32 - 1);
const run = fc.constantFrom(1, 2);
const note = fc.constantFrom(undefined, '', 'why');
const content = fc.constantFrom(undefined, { n: 1 }, { list: ['🎈', null] });

const input: fc.Arbitrary<NewProcessInput> = fc
  .record({ id, instance, hash, run, content, note, isEvent: fc.boolean() })
  .chain(({ isEvent, ...rest }) =>
    fc.constantFrom('handled', 'waiting', 'noted').map(status => ({
      ...{ ...rest, status: status as NewProcessInput['status'] },
      ...(isEvent ? { kind: 'event' as const, position: 7n } : { kind: 'deadline' as const }),
    })),
  );
const output: fc.Arbitrary<NewProcessOutput> = fc.record({
  ...{ id, instance, hash, run, input: id, content: fc.constantFrom({ n: 1 }, { m: 2 }), note },
  status: fc.constantFrom('pending', 'pending', 'done', 'rejected', 'cancelled'),
});
const deadline: fc.Arbitrary<NewDeadline> = fc.record({
  ...{ instance, hash, key, id, run, content },
  dueAt: fc.constantFrom(-1, 1, 2, 2, FAR, FAR + 1),
});
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 4 });
const changes: fc.Arbitrary<ProcessChanges> = fc.record(
  {
    ...{ ends: few(instance), inputs: few(input), outputs: few(output), deadlines: few(deadline) },
    clear: few(fc.oneof(fc.record({ instance, key }), fc.record({ instance, key, id }))),
    ...{ hold: few(fc.record({ instance, held: fc.boolean() })), forget: fc.array(instance, { maxLength: 1 }) },
  },
  { requiredKeys: [] },
);

type Step =
  | { readonly commit: ProcessChanges }
  | { readonly schedule: readonly NewDeadline[] }
  | { readonly unschedule: { readonly instance: string; readonly key: string } };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ commit: changes }) },
  fc.record({ schedule: few(deadline) }),
  fc.record({ unschedule: fc.record({ instance, key }) }),
);

async function take(step: Step, store: ProjectionStore, process: string): Promise<unknown> {
  if ('schedule' in step) return store.processes!.schedule(process, step.schedule);
  if ('unschedule' in step) return store.processes!.unschedule(process, step.unschedule.instance, step.unschedule.key);
  const checkpoint = { projection: process, version: 1, segment: 0 };
  const from = await store.checkpoint(checkpoint);
  return store.commit({ checkpoint, from, to: from + 1n, writes: [], process: step.commit });
}

/** Without what differs between stores: numbers of entries, times, and what is undefined. */
const plain = ({ entry, at, ...row }: object & { entry?: bigint; at?: string }): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

/** All that is read of a process, by pages of every kind. */
async function readings({ processes }: ProjectionStore, process: string): Promise<unknown> {
  const pages = [
    ...[{}, { instance: 'a' }, { segment: { segments: 2, segment: 1 } }, { held: false }, { held: true }],
    { instance: 'B', held: false, limit: 1 },
  ];
  const found: unknown[] = [];
  for (const page of pages) {
    found.push((await processes!.inputs(process, { ...page, status: 'waiting' })).map(plain));
    found.push((await processes!.outputs(process, { ...page, status: 'pending' })).map(plain));
    found.push((await processes!.outputs(process, page)).map(plain));
  }
  const [first] = await processes!.inputs(process, { limit: 1 });
  found.push((await processes!.inputs(process, { after: first?.entry ?? 0n })).map(plain));
  const deadlines = await processes!.deadlines(process);
  found.push(deadlines.map(plain), (await processes!.deadlines(process, { limit: 2 })).map(plain));
  if (deadlines[1]) found.push((await processes!.deadlines(process, { after: deadlines[1] })).map(plain));
  for (const [segments, limit] of [
    [1, 2],
    [3, 100],
  ] as const) {
    const all = range(0, segments - 1).map(segment => ({ process, segments, segment }));
    const due = await processes!.due(all, limit);
    found.push(due.deadlines.map(plain), due.nextIn === undefined);
  }
  return found;
}

let runs = 0;

test(`memory, SQLite and PostgreSQL keep the same of a process: ${RUNS} generated histories`, async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
    const process = `process-${++runs}`;
    const outcomes = await Promise.all(
      stores.map(async store => {
        await store.prepare({ name: process, version: 1, indexes: [] });
        const answers: unknown[] = [];
        for (const each of steps) answers.push(await take(each, store, process));
        return [answers, await readings(store, process)];
      }),
    );
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });
  await fc.assert(property, { numRuns: RUNS });
}, 120_000);
