import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStoreContract } from 'eventuality/testing';
import { DamagedFileError, JsonLinesEventStore } from './json-lines-event-store';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-json-lines-'));
let files = 0;
const newFile = (): string => join(folder, `${++files}.jsonl`);

afterAll(() => rmSync(folder, { recursive: true }));

const stream = { aggregateName: 'Todo', aggregateId: '1' };
const append = (store: JsonLinesEventStore, ...names: string[]) =>
  store.append([{ stream, expected: 'any', events: names.map(name => ({ name, payload: { name } })) }]);

describe('the contract of an event store', () => {
  const paths = new WeakMap<object, string>();
  const open = (path = newFile()): JsonLinesEventStore => {
    const store = new JsonLinesEventStore(path);
    paths.set(store, path);
    return store;
  };
  const cases = eventStoreContract({
    open: () => open(),
    async reopen(store) {
      await store.close();
      return open(paths.get(store));
    },
  });
  for (const { name, run } of cases) test(name, run);
});

test('an append that was cut off in the middle of its line is gone as a whole, and the file is usable', async () => {
  const file = newFile();
  const store = new JsonLinesEventStore(file);
  await append(store, 'A');
  await append(store, 'B', 'C');
  await store.close();
  truncateSync(file, readFileSync(file).length - 5);

  const reopened = new JsonLinesEventStore(file);
  expect((await reopened.readAll()).map(({ name }) => name)).toEqual(['A']);
  await append(reopened, 'D');
  await reopened.close();
  const again = new JsonLinesEventStore(file);
  expect((await again.readAll()).map(({ name, version, position }) => [name, version, position])).toEqual([
    ['A', 1, 1n],
    ['D', 2, 2n],
  ]);
  await again.close();
});

test('a damaged line is one clear error', () => {
  const file = newFile();
  writeFileSync(file, 'not an event\n');
  expect(() => new JsonLinesEventStore(file)).toThrow(DamagedFileError);
  expect(() => new JsonLinesEventStore(file)).toThrow(`Line 1 of ${file} is damaged.`);
});

test('events that do not follow on each other are refused', async () => {
  const file = newFile();
  const store = new JsonLinesEventStore(file);
  await append(store, 'A');
  await store.close();
  appendFileSync(file, readFileSync(file));
  expect(() => new JsonLinesEventStore(file)).toThrow(expect.objectContaining({ code: 'INVALID_APPEND' }));
});
