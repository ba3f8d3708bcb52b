import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDriver } from '../../src/adapters/sqlite/connection/load-driver';
import { TestSchema, url } from '../../tests/support/stores/schema';
import { bar } from './bar';
import { run } from './cli';
import { openStore, type Place } from './store';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-todo-rebuild-'));
const schema = new TestSchema(__filename);
let place: Place;

afterAll(() => rmSync(folder, { recursive: true }));

const places: readonly [string, Place][] = [
  ['in a SQLite file', { file: join(folder, 'todo.db') }],
  ['in PostgreSQL', { file: join(folder, 'unused.db'), databaseUrl: url, schema: schema.name }],
];

async function todo(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, { out: line => out.push(line), err: line => err.push(line), place });
  return { code, out, err };
}

async function createMany(count: number): Promise<void> {
  const store = openStore(place);
  const stream = (id: number) => ({ aggregateName: 'Todo', aggregateId: String(id) });
  const events = [{ name: 'TodoCreated', payload: { description: 'Buy milk' } }];
  await store.append(
    Array.from({ length: count }, (_, index) => ({ stream: stream(index + 1), expected: 'none' as const, events })),
  );
  await store.close();
}

/** Takes away what is shown; the events stay. */
async function deleteTheDocuments(): Promise<void> {
  if (place.databaseUrl) return void (await schema.sql(`delete from "${schema.name}".eventuality_documents`));
  const database = loadDriver().open(place.file);
  database.exec('delete from documents');
  database.close();
}

test.each(places)(
  'a list whose documents are gone is filled anew, and is the same: %s',
  async (_, where) => {
    place = where;
    await createMany(1234);
    await todo('complete', '7');
    const { out: list } = await todo('list');
    expect(list.slice(5, 8)).toEqual(['[ ] 6  Buy milk', '[x] 7  Buy milk', '[ ] 8  Buy milk']);
    await deleteTheDocuments();
    expect((await todo('list')).out).toEqual(['Nothing to do. Add something: npm run todo -- add "Buy milk"']);
    const { code, out, err } = await todo('rebuild');
    expect({ code, err }).toEqual({ code: 0, err: [] });
    for (const line of out)
      expect(line).toMatch(/^\[#*\.*\] +\d+% {2}\d+ of 1235 events(, \d+ s left|: the list is filled anew\.)?$/);
    expect(out.at(-1)).toBe(`[${'#'.repeat(30)}] 100%  1235 of 1235 events: the list is filled anew.`);
    expect((await todo('list')).out).toEqual(list);
  },
  30_000,
);

test('a bar shows the part that is done', () => {
  const step = { version: 2, done: 250, total: 1000, rate: 100, secondsLeft: 7.5, heldUpBy: 0 };
  expect(bar(step)).toBe(`[#######${'.'.repeat(23)}]  25%  250 of 1000 events, 8 s left`);
  expect(bar({ ...step, secondsLeft: undefined })).toBe(`[#######${'.'.repeat(23)}]  25%  250 of 1000 events`);
  expect(bar({ ...step, done: 0, total: 0 })).toBe(`[${'#'.repeat(30)}] 100%  0 of 0 events`);
});
