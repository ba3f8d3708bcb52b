import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, InMemoryEventStore } from '../../src';
import { sqlite } from '../../src/adapters/sqlite';
import { built, Program } from '../support/programs';
import { TestSchema, url } from '../support/stores/schema';
import { everything, exported, fill } from '../support/stores/whole-stores';

const EVENTS = 20_000;
const BATCH = 500;

const folder = mkdtempSync(join(tmpdir(), 'eventuality-import-'));
const schema = new TestSchema(__filename);
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'todo.db');
const stores: readonly [string, string[], () => EventStore][] = [
  ['SQLite', [file], () => sqlite(file)],
  ['PostgreSQL', [url, schema.name], () => schema.open()],
];

test.each(stores)(
  'an import that is killed in the middle is just run again: %s',
  async (_, place, open) => {
    const source = new InMemoryEventStore();
    await fill(source, EVENTS);
    const lines = join(folder, 'events.jsonl');
    writeFileSync(lines, (await exported(source)).join(''));
    const program = built('importing-process', folder, __dirname);

    const killed = new Program(program, { events: lines, place: place[0], schema: place[1] });
    while (killed.lines.length < 3) await pause(1);
    const acknowledged = Number((await killed.killed()).at(-1)!.split(' ')[0]);
    const store = open();
    const half = await everything(store);
    expect(half.length).toBeGreaterThanOrEqual(acknowledged);
    expect(half.length).toBeLessThan(EVENTS);
    expect(half.length % BATCH).toBe(0);

    const last = (await new Program(program, { events: lines, place: place[0], schema: place[1] }).finished()).at(-1);
    expect(last).toBe(`${EVENTS - half.length} ${half.length}`);
    expect(await everything(store)).toEqual(await everything(source));
    await store.close();
  },
  60_000,
);
