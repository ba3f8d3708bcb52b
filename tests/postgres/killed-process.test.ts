import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RecordedEvent } from '../../src/messages';
import { following, pause, range, TestSchema, until, url } from './database';

const schema = new TestSchema(__filename);
const CYCLES = 3;

/** Starts a writer, lets it write for a while, and kills it in the middle. Returns the ids that it knew to be stored. */
async function killed(cycle: number): Promise<string[]> {
  const program = join(__dirname, 'writing-process.ts');
  const args = ['-r', 'ts-node/register/transpile-only', program, url, schema.name, `cycle-${cycle}`];
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  writer.stdout!.on('data', data => (output += data));
  await until(() => output.length > 37 * 20, 'the writer has written', 30_000);
  await pause(Math.random() * 200);
  await kill(writer);
  return output.split('\n').filter(id => id.length === 36);
}

const kill = (child: ChildProcess): Promise<unknown> =>
  new Promise(resolve => {
    child.on('close', resolve);
    child.kill('SIGKILL');
  });

test('what a killed process knew to be stored is stored, and followers see all of it once and in order', async () => {
  const store = schema.open();
  await store.ready();
  const seen = following(store);
  const acknowledged = (await Promise.all(range(1, CYCLES).map(killed))).flat();
  const stored: RecordedEvent[] = [];
  // What was on its way when the process was killed may still be committed by the server.
  await until(async () => {
    const page = await store.readAll({ after: stored.at(-1)?.position ?? 0n });
    stored.push(...page);
    return page.length === 0 && seen.length === stored.length;
  }, 'the store and its follower have everything');
  const ids = new Set(stored.map(event => event.id));
  expect(acknowledged.length).toBeGreaterThan(CYCLES * 10);
  expect(acknowledged.filter(id => !ids.has(id))).toEqual([]);
  expect(seen).toEqual(stored);

  for (const list of grouped(stored).values()) expect(list).toEqual(range(1, list.length));
}, 120_000);

function grouped(events: readonly RecordedEvent[]): Map<string, number[]> {
  const versions = new Map<string, number[]>();
  for (const { aggregateId, version } of events) versions.set(aggregateId, [...(versions.get(aggregateId) ?? []), version]);
  return versions;
}
