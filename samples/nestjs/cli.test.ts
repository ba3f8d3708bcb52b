import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import { url as postgresUrl, Schema } from '../../tests/support/stores/schema';
import { until } from '../../tests/support/waiting';
import { run } from './cli';

const shell = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'eventuality-nestjs-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterAll(() => Logger.overrideLogger(false));

/** Runs the program, and ends it when the shop is open and what a test does with it is done. */
async function nestjs(args: readonly string[], url?: string, meanwhile?: (printed: string) => Promise<void>) {
  const [out, err]: [string[], string[]] = [[], []];
  const ending = new AbortController();
  const printed = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const running = run(args, { ...printed, url, signal: ending.signal });
  await until(() => out.length + err.length > 0, 'the shop is open, or says why not');
  try {
    if (meanwhile) await meanwhile(out[0]!);
  } finally {
    ending.abort();
  }
  return { code: await running, out, err };
}

/** Runs the lines that the program has printed, the last of which does not end; returns the statuses. */
async function called(printed: string): Promise<unknown[]> {
  const lines = printed.split('\n').filter(line => line.startsWith('curl -i'));
  const statuses: unknown[] = [];
  for (const line of lines) statuses.push(/^HTTP\/1.1 (\d+)/.exec((await shell('sh', ['-c', line])).stdout)?.[1]);
  return statuses;
}

const temporary = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('eventuality-nestjs-'));

test('the shop opens on SQLite, and the lines that it prints work; a file keeps what was ordered', async () => {
  const file = join(folder, 'shop.db');
  const before = temporary();
  const first = await nestjs(['--port', '0', '--file', file], undefined, async printed => {
    expect(await called(printed)).toEqual(['201', '201', '204', '200']);
  });
  expect([first.code, first.err]).toEqual([0, []]);
  await nestjs(['--port', '0', '--file', file], undefined, async printed => {
    expect(await called(printed)).toEqual(['201', '409', '422', '200']);
  });
  await nestjs(['--port', '0'], undefined, async printed => {
    expect(await called(printed)).toEqual(['201', '201', '204', '200']);
  });
  expect(temporary()).toEqual(before);
});

test('with one variable it opens on PostgreSQL', async () => {
  const schema = new Schema('nestjs_sample');
  try {
    const { code, err } = await nestjs(['--port', '0'], postgresUrl, async printed => {
      expect(await called(printed)).toEqual(['201', '201', '204', '200']);
    });
    expect([code, err]).toEqual([0, []]);
    const placed = "select aggregate_id from nestjs_sample.eventuality_events where name = 'OrderPlaced'";
    expect(await schema.sql(placed)).toEqual([{ aggregate_id: 'o1' }]);
  } finally {
    await schema.end();
  }
});

test('help says what there is', async () => {
  const { code, out } = await nestjs(['--help']);
  expect(code).toBe(0);
  for (const option of ['--port', '--file', 'EVENTUALITY_POSTGRES_URL']) expect(out.join()).toContain(option);
});

const PORT = 'it must be a number from 0 to 65535.';
test.each<[args: string[], url: string | undefined, answer: unknown]>([
  [['--port', '65536'], undefined, `--port is '65536'; ${PORT}`],
  [['--port', 'http'], undefined, `--port is 'http'; ${PORT}`],
  [['--port', ''], undefined, `--port is ''; ${PORT}`],
  [['--port'], undefined, expect.stringMatching(/^Option '--port <value>' argument missing.*$/)],
  [['--prot', '1'], undefined, expect.stringMatching(/^Unknown option '--prot'.*$/)],
  [['now'], undefined, expect.stringMatching(/^Unexpected argument 'now'.*$/)],
  [['--file', join(folder, 'none', 'shop.db')], undefined, expect.stringContaining('none')],
  [
    ['--file', 'shop.db'],
    'postgres://localhost/test',
    '--file is of no use with EVENTUALITY_POSTGRES_URL: the events are kept in PostgreSQL.',
  ],
  [[], 'localhost', "EVENTUALITY_POSTGRES_URL is 'localhost'; it must be postgres://user:password@host:port/database."],
  [[], 'postgres://postgres@127.0.0.1:1/postgres', expect.stringMatching(/^PostgreSQL cannot be reached: .*$/)],
])('wrong input is answered by one line: %j %s', async (args, url, answer) => {
  const before = temporary();
  expect(await nestjs(args, url)).toEqual({ code: 1, out: [], err: [answer] });
  expect(temporary()).toEqual(before);
});

test('a port that is taken is answered by one line, and the file can be used by another shop', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const file = join(folder, 'taken.db');
  expect(await nestjs(['--port', String(port), '--file', file])).toEqual({
    ...{ code: 1, out: [], err: [`Port ${port} is taken; give another one with --port.`] },
  });
  other.close();
  expect((await nestjs(['--port', '0', '--file', file])).code).toBe(0);
});
