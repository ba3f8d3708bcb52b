import 'reflect-metadata';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './cli';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-ordering-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function ordering(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, { out: line => out.push(line), err: line => err.push(line) });
  return { code, out, err };
}

test('the story prints commands, events, deadlines and histories, and waits for virtual time only', async () => {
  const file = join(folder, 'shop.db');
  const { code, out, err } = await ordering('--file', file);
  expect([code, err]).toEqual([0, []]);
  for (const line of [
    '09:05  event          Order o1 v2  OrderCompleted {}',
    '09:05  deadline       payment of o1 is cancelled',
    '09:05  deadline       payment of o2 is set to 09:35',
    '09:35  deadline       payment of o2 is due',
    '09:35  process sends  CancelOrder {"id":"o2","reason":"it was not paid in time"}',
    '10:00                 refused: No carrier goes to Atlantis.',
    '18:00  scheduled      ReportDay {"day":"2026-01-05"}',
    '18:00  event          Report 2026-01-05 v1  DayReported {"completed":1,"cancelled":3}',
  ])
    expect(out).toContain(line);
  expect(out.slice(out.indexOf('History of o2:'), out.indexOf('History of o4:') - 1)).toEqual([
    'History of o2:',
    '  event OrderPlaced: handled',
    '    sends RequestPayment {"id":"o2"}: done',
    '  deadline payment: handled',
    '    sends WithdrawPayment {"id":"o2"}: done',
    '    sends CancelOrder {"id":"o2","reason":"it was not paid in time"}: done',
  ]);
  expect(existsSync(file)).toBe(true);
  expect(await ordering('--file', file)).toEqual({
    ...{ code: 1, out: [], err: [`'${file}' is there already; give a file that is not.`] },
  });
});

test('help says what there is', async () => {
  const { code, out } = await ordering('--help');
  expect(code).toBe(0);
  for (const option of ['--file', '--processes 3', '--url', 'EVENTUALITY_POSTGRES_URL'])
    expect(out.join()).toContain(option);
});

test('it stops when it is interrupted', async () => {
  const interrupted = new AbortController();
  const [out, err]: [string[], string[]] = [[], []];
  const print = (line: string): void => {
    out.push(line);
    if (line.includes('Order o2')) interrupted.abort();
  };
  const code = await run([], { out: print, err: line => err.push(line), signal: interrupted.signal });
  expect([code, err]).toEqual([130, ['It was interrupted.']]);
  expect(out.filter(line => line.includes('Order o3 '))).toEqual([]);
});

const NUMBER = 'it must be a number from 2 to 8.';
test.each([
  [['--processes', '1'], `--processes is '1'; ${NUMBER}`],
  [['--processes', '9'], `--processes is '9'; ${NUMBER}`],
  [['--processes', 'three'], `--processes is 'three'; ${NUMBER}`],
  [['--processes', ''], `--processes is ''; ${NUMBER}`],
  [['--processes', '3'], 'Several processes need PostgreSQL: give its address with --url.'],
  [
    ['--processes', '3', '--file', 'shop.db'],
    '--file is of no use with --processes: several processes play on PostgreSQL.',
  ],
  [['--url', 'postgres://localhost/test'], '--url is of no use without --processes: one process plays on SQLite.'],
  [
    ['--processes', '3', '--url', 'localhost'],
    "--url is 'localhost'; it must be postgres://user:password@host:port/database.",
  ],
  [['--file', join(folder, 'none', 'shop.db')], expect.stringContaining('none')],
  [['--process', '3'], expect.stringMatching(/^Unknown option '--process'.*$/)],
  [['--processes'], expect.stringMatching(/^Option '--processes <value>' argument missing.*$/)],
  [['now'], expect.stringMatching(/^Unexpected argument 'now'.*$/)],
  [
    ['--processes', '2', '--url', 'postgres://postgres@127.0.0.1:1/postgres'],
    expect.stringMatching(/^PostgreSQL cannot be reached: .*$/),
  ],
])('wrong input is answered by one line: %j', async (args, answer) => {
  expect(await ordering(...args)).toEqual({ code: 1, out: [], err: [answer] });
});
