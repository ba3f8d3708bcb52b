import { InMemoryEventStore, type RecordedEvent } from '../../src';
import { InvalidRestoreError } from '../../src/errors';

const stream = { aggregateName: 'Todo', aggregateId: '1' };

async function recorded(): Promise<readonly RecordedEvent[]> {
  const store = new InMemoryEventStore();
  await store.append([
    {
      stream,
      expected: 'none',
      events: ['A', 'B'].map(name => ({ name, payload: { name }, metadata: { actor: 'ann' } })),
    },
  ]);
  return store.readAll();
}

const starting =
  (...events: readonly object[]) =>
  () =>
    new InMemoryEventStore({ events: events as RecordedEvent[] });

test('a store that starts from recorded events returns them as they were, and goes on after them', async () => {
  const events = await recorded();
  const store = new InMemoryEventStore({ events: JSON.parse(JSON.stringify(events, asText), fromText) });
  expect(await store.readAll()).toEqual(events);
  expect(Object.isFrozen((await store.readAll())[0]!.payload)).toBe(true);
  const outcome = await store.append([{ stream, expected: 2, events: [{ name: 'C', payload: {} }] }]);
  expect(outcome).toMatchObject({ ok: true, events: [{ version: 3, position: 3n }] });
});

test('positions may be left out', async () => {
  const [first, second] = await recorded();
  const store = new InMemoryEventStore({ events: [first!, { ...second!, position: 7n }] });
  expect(await store.readAll({ after: 1n })).toMatchObject([{ position: 7n }]);
  expect(await store.append([{ stream, expected: 2, events: [{ name: 'C', payload: {} }] }])).toMatchObject({
    events: [{ position: 8n }],
  });
});

test('a store that starts from recorded events recognises a repeated append', async () => {
  const events = await recorded();
  const store = new InMemoryEventStore({ events });
  expect(await store.append([{ stream, expected: 'none', events }])).toEqual({ ok: true, events });
});

test('recorded events that do not follow on each other are refused', async () => {
  const [first, second] = await recorded();
  expect(starting(second!)).toThrow(InvalidRestoreError);
  expect(starting(first!, first!)).toThrow('its position is 1; it must come after 1, the last one there.');
  expect(starting(first!, { ...second, version: 3 })).toThrow(
    "it is version 3 of Todo '1', but version 2 must come next.",
  );
});

test.each([
  ['name', undefined],
  ['name', ''],
  ['aggregateId', undefined],
  ['aggregateName', 7],
  ['id', undefined],
  ['id', 'x'],
  ['schemaVersion', 0],
  ['recordedAt', undefined],
  ['recordedAt', 'yesterday'],
])('a recorded event whose %s is %p is refused', async (field, value) => {
  const [first] = await recorded();
  expect(starting({ ...first, [field]: value })).toThrow(InvalidRestoreError);
});

test('a recorded event without a payload is refused', async () => {
  const [first] = await recorded();
  expect(starting({ ...first, payload: undefined })).toThrow(InvalidRestoreError);
});

const asText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
const fromText = (key: string, value: any): unknown => (key === 'position' ? BigInt(value) : value);
