import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { builtDist } from '../../tests/support/package';
import { until } from '../../tests/support/waiting';

const root = join(__dirname, '../..');
const program = [require.resolve('ts-node/dist/bin'), '--transpile-only', 'scripts/nestjs.ts'];
const { EVENTUALITY_POSTGRES_URL: _, ...env } = process.env;

beforeAll(async () => {
  await builtDist();
}, 120_000);

test.each(['SIGINT', 'SIGTERM'] as const)(
  '`npm run nestjs` opens the shop, and %s closes it',
  async signal => {
    const child = spawn(process.execPath, [...program, '--port', '0'], { cwd: root, env, stdio: 'pipe' });
    let [out, err] = ['', ''];
    child.stdout.on('data', text => (out += text));
    child.stderr.on('data', text => (err += text));
    try {
      await until(() => out.includes('/orders/live'), 'the shop is open', 60_000);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)![0];
      expect((await fetch(`${url}/health`)).status).toBe(200);
      child.kill(signal);
      expect([...(await once(child, 'close')), err]).toEqual([0, null, '']);
    } finally {
      child.kill('SIGKILL');
    }
  },
  120_000,
);

test('it answers wrong input by one line on stderr and exit code 1', () => {
  expect(spawnSync(process.execPath, [...program, '--port', 'x'], { cwd: root, env, encoding: 'utf8' })).toMatchObject({
    ...{ status: 1, stdout: '', stderr: "--port is 'x'; it must be a number from 0 to 65535.\n" },
  });
}, 60_000);
