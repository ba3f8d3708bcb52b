import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import { builtDist } from '../../tests/support/package';
import { url } from '../../tests/support/stores/schema';
import { until } from '../../tests/support/waiting';

const root = join(__dirname, '../..');

const program = [require.resolve('ts-node/dist/bin'), '--transpile-only', 'scripts/ordering.ts'];

/** Runs it as `npm run ordering` does. */
const ordering = (...args: string[]) =>
  spawnSync(process.execPath, [...program, ...args], {
    ...{ cwd: root, encoding: 'utf8', env: { ...process.env, EVENTUALITY_POSTGRES_URL: url } },
  });

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
  expect(stdout).toMatch(/\n\[[123]\] deadline {7}payment of o\d+ is due\n/);
  expect(stdout).toMatch(/\nProcess [123] sent \d+ commands, until it was killed\.\n/);
  const ends = [...stdout.split('40 orders were placed.')[1]!.matchAll(/^ *(\d+) {2}\S/gm)];
  expect(ends.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(40);
  expect(stdout).toMatch(/\nEvery order ended exactly once\.\n$/);
}, 180_000);

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends all its processes, and leaves nothing in the database',
  async signal => {
    const name = `ordering_test_${randomUUID().replaceAll('-', '')}`;
    const database = Object.assign(new URL(url), { pathname: name }).href;
    await query(url, `create database ${name}`);
    // A group of its own: Ctrl-C in a terminal reaches all processes of it.
    const child = spawn(process.execPath, [...program, '--processes', '3', '--url', database], {
      ...{ cwd: root, detached: true, stdio: 'pipe' },
    });
    try {
      let [out, err] = ['', ''];
      child.stdout.on('data', text => (out += text));
      child.stderr.on('data', text => (err += text));
      await until(() => out.includes('] process sends'), 'a process works', 60_000);
      process.kill(signal === 'SIGINT' ? -child.pid! : child.pid!, signal);
      expect(await once(child, 'close')).toEqual([130, null]);
      expect(err).toBe('It was interrupted.\n');
      expect(() => process.kill(-child.pid!, 0)).toThrow('ESRCH');
      expect(await query(database, "select nspname from pg_namespace where nspname like 'ordering%'")).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await query(url, `drop database ${name} with (force)`);
    }
  },
  120_000,
);

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
