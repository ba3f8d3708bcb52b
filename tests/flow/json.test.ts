import {
  type CommandOutcome,
  defineAggregate,
  defineReactor,
  Event,
  exportEvents,
  Flow,
  InMemoryEventStore,
  importEvents,
  jsonOf,
  WaitTimeoutError,
} from 'eventuality';
import { SILENT } from '../support/logger';
import { PLACES } from '../support/stores/places';

const Door = defineAggregate({
  name: 'Door',
  state: { open: false },
  on: { Opened: () => ({ open: true }) },
  commands: {
    Open: {
      creates: 'if-missing',
      decide: (state, { id }) => (state.open ? [] : Event({ aggregateId: id, name: 'Opened', payload: { by: 'ann' } })),
    },
  },
});
/** Fails with each event, which is put aside then. */
const Broken = defineReactor({
  name: 'broken',
  retry: { attempts: 1 },
  on: {
    Opened() {
      throw new Error('no light');
    },
  },
});

const written = (value: unknown): any => JSON.parse(JSON.stringify(value));
const open = (flow: Flow) => flow.dispatch({ name: 'Open', message: { id: 'a' } });

describe.each(PLACES)('what is written as JSON has its positions as decimal text: %s', (_, make) => {
  test('an outcome with its events, and one without', async () => {
    const place = make();
    const flow = new Flow({ eventStore: place.open(), aggregates: [Door] });
    try {
      const opened = await open(flow);
      const position = String(opened.position);
      expect(written(opened)).toEqual({ ...opened, position, events: [{ ...opened.events[0], position }] });
      expect(position).toMatch(/^\d+$/);
      expect(written(await open(flow))).toEqual({ events: [], succeeded: false, aggregateId: 'a', version: 1 });
    } finally {
      await flow.close();
      await place.end();
    }
  });

  test('a status, its parts, dead letters, and an error that tells positions', async () => {
    const place = make();
    const flow = new Flow({ eventStore: place.open(), aggregates: [Door], processors: [Broken], logger: SILENT });
    try {
      await flow.processors.ready();
      const { position } = await open(flow);
      const text = String(position);
      const processor = flow.processors.of('broken');
      await processor.waitFor(position!);
      const status = await processor.status();
      const told = written(status);
      expect(told).toMatchObject({
        name: 'broken',
        position: text,
        head: text,
        lag: { events: 0 },
        lastError: { position: text },
      });
      expect(told).toMatchObject({
        segments: [{ segment: 0, position: text }],
        parked: [{ events: 1, position: text }],
      });
      expect(written(await flow.processors.status())).toEqual([expect.objectContaining({ head: text })]);
      expect(written([status.segments, status.parked, status.lastError])).toEqual([
        told.segments,
        told.parked,
        told.lastError,
      ]);
      expect(written(await processor.deadLetters())).toEqual([
        expect.objectContaining({ position: text, attempts: 1 }),
      ]);
      const late = await flow.waitFor(position! + 5n, { timeout: 0 }).catch(error => error);
      expect(written(late)).toEqual({
        name: 'WaitTimeoutError',
        code: 'WAIT_TIMEOUT',
        message: late.message,
        position: String(position! + 5n),
        behind: [{ name: 'broken', position: text }],
        timeout: 0,
      });
    } finally {
      await flow.close();
      await place.end();
    }
  });
});

test('the outcome in an error is written, too', async () => {
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Door] });
  const outcome = await open(flow);
  await flow.close();
  const error = written(new WaitTimeoutError(1n, [], 5, outcome));
  expect(error.outcome).toEqual(written(outcome));
  expect(error.outcome.position).toBe('1');
});

test('a copy of an outcome, and a recorded event by itself, are written by jsonOf', async () => {
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Door] });
  const outcome = await open(flow);
  await flow.close();
  const copy: CommandOutcome = { ...outcome };
  expect(() => JSON.stringify(copy)).toThrow(TypeError);
  expect(written(jsonOf(copy))).toEqual(written(outcome));
  expect(written(jsonOf(outcome.events[0]))).toEqual(written(outcome).events[0]);
});

test('what an import reports is written', async () => {
  const from = new InMemoryEventStore();
  const flow = new Flow({ eventStore: from, aggregates: [Door] });
  await open(flow);
  const lines: string[] = [];
  for await (const line of exportEvents(from)) lines.push(line);
  await flow.close();
  const reports: unknown[] = [];
  const report = await importEvents(new InMemoryEventStore(), lines, {
    progress: each => void reports.push(written(each)),
  });
  expect([...reports, written(report)]).toEqual(Array(2).fill({ imported: 1, skipped: 0, position: '1' }));
  expect(written(await importEvents(new InMemoryEventStore(), []))).toEqual({ imported: 0, skipped: 0, position: '0' });
});

test('nothing else sees how an outcome is written', async () => {
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Door] });
  const { events, ...outcome } = await open(flow);
  await flow.close();
  expect(Object.keys({ events, ...outcome })).toEqual(['events', 'succeeded', 'aggregateId', 'version', 'position']);
});
