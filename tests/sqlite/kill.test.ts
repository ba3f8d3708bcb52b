import { setTimeout as pause } from 'node:timers/promises';
import type { SqliteEventStore } from '../../src/sqlite';
import { everything, testFiles } from './files';
import { built, Program } from './processes';

const CYCLES = 5;
const CARELESS_CYCLES = 20;
const ENDLESS = 1e9;
const LINES_BEFORE_THE_END = 50;

const files = testFiles();
const writing = built('writing-process', files.folder);

/** Lets a process write for a while, kills it, and returns the ids that it had printed. */
async function killedWhileWriting(file: string, ...more: string[]): Promise<string[]> {
  const writer = new Program(writing, file, ENDLESS, ...more);
  while (writer.lines.length < LINES_BEFORE_THE_END) await pause(2);
  await pause(Math.random() * 50);
  return writer.killed();
}

async function missing(store: SqliteEventStore, ids: readonly string[]): Promise<number> {
  const stored = new Set((await everything(store)).map(({ id }) => id));
  return ids.filter(id => !stored.has(id)).length;
}

test('of what a killed process had acknowledged nothing is missing; a follower skips nothing and sees nothing twice', async () => {
  const store = files.store();
  const followed: string[] = [];
  const following = (async () => {
    for await (const page of store.subscribe()) followed.push(...page.map(({ id }) => id));
  })();
  const acknowledged: string[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle++) acknowledged.push(...(await killedWhileWriting(store.file)));
  const events = await everything(store);
  while (followed.length < events.length) await pause(5);
  await store.close();
  await following;
  expect(await missing(files.store(store.file), acknowledged)).toBe(0);
  expect(followed).toEqual(events.map(({ id }) => id));
  expect(files.shell(store.file).prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  expect(
    files
      .shell(store.file)
      .prepare('select 1 from streams s where version <> (select count(*) from events e where e.stream = s.stream)')
      .all(),
  ).toEqual([]);
}, 60_000);

test('the same test finds a process that acknowledges before it has written', async () => {
  const store = files.store();
  let lost = 0;
  for (let cycle = 0; cycle < CARELESS_CYCLES && lost === 0; cycle++) {
    lost += await missing(store, await killedWhileWriting(store.file, 'careless'));
  }
  expect(lost).toBeGreaterThan(0);
}, 60_000);
