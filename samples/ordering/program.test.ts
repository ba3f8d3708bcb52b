import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { builtDist } from '../../tests/support/package';
import { url } from '../../tests/support/stores/schema';

const root = join(__dirname, '../..');

/** Runs it as `npm run ordering` does. */
const ordering = (...args: string[]) =>
  spawnSync(
    process.execPath,
    [require.resolve('ts-node/dist/bin'), '--transpile-only', 'scripts/ordering.ts', ...args],
    {
      ...{ cwd: root, encoding: 'utf8', env: { ...process.env, EVENTUALITY_POSTGRES_URL: url } },
    },
  );

beforeAll(async () => {
  await builtDist();
}, 120_000);

test('it plays the story, and removes its file', () => {
  const { status, stdout, stderr } = ordering();
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('09:35  deadline       payment of o2 is due\n');
}, 60_000);

test('it answers wrong input by one line on stderr and exit code 1', () => {
  expect(ordering('--processes', 'many')).toMatchObject({
    ...{ status: 1, stdout: '', stderr: "--processes is 'many'; it must be a number from 2 to 8.\n" },
  });
}, 60_000);

test('three processes, one of which is killed, bring every order to its end once', async () => {
  const { status, stdout, stderr } = ordering('--processes', '3');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/\nProcess [123] is killed\.\n/);
  expect(stdout).toMatch(/\nProcess [123] sent \d+ commands, until it was killed\.\n/);
  const ends = [...stdout.split('40 orders were placed.')[1]!.matchAll(/^ *(\d+) {2}\S/gm)];
  expect(ends.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(40);
  expect(stdout).toMatch(/\nEvery order ended exactly once\.\n$/);
}, 180_000);
