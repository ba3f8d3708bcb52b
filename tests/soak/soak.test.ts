import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InMemoryEventStore } from '../../src/store';
import { faultsOf } from '../support/figures';
import { Ledger } from './ledger';
import { growthOf } from './memory';
import { soak } from './soak';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: a soak of some seconds: three processes under load and disturbances lose nothing, and have nothing twice',
  async name => {
    expect(await faultsOf(seed => soak(name, { duration: 8000, pause: 40 }, seed))).toEqual([]);
  },
  180_000,
);

test('the program of it, and the rigs that it shares with the long forms, load outside of jest', async () => {
  const program = ['-r', 'ts-node/register/transpile-only', join(__dirname, 'run.ts'), '--minutes', '0'];
  const refused = promisify(execFile)(process.execPath, program, { cwd: join(__dirname, '../..') });
  await expect(refused).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Use: --minutes <n> --seed <n>'),
  });
});

test('what is lost, twice, torn, made or not charged is found', async () => {
  const store = new InMemoryEventStore();
  const happened = (aggregateName: string, aggregateId: string, name: string, payload: object) =>
    store.append([{ stream: { aggregateName, aggregateId }, expected: 'any', events: [{ name, payload }] }]);
  for (const id of ['a', 'b']) await happened('Account', id, 'Opened', { amount: 1_000_000 });
  const transfer = async (id: string, parts: readonly string[]): Promise<void> => {
    if (parts.includes('from')) await happened('Account', 'a', 'Withdrawn', { amount: 5, transfer: id });
    if (parts.includes('to')) await happened('Account', 'b', 'Deposited', { amount: 5, transfer: id });
    if (parts.includes('fee')) await happened('Fees', 'fees of a', 'FeeCharged', { of: id });
  };
  await transfer('good', ['from', 'to', 'fee']);
  await transfer('twice', ['from', 'to', 'fee']);
  await transfer('twice', ['from', 'to']);
  await transfer('torn', ['to']);
  await transfer('free', ['from', 'to']);
  await transfer('dear', ['from', 'to', 'fee']);
  await transfer('dear', ['fee']);
  await happened('Account', 'a', 'Noted', { note: 'n' });
  const ledger = await Ledger.of(store);
  const said = {
    notes: new Set(['n', 'lost']),
    transfers: new Set(['good', 'lost']),
    stale: 0,
    errors: new Map(),
    memory: [],
  };
  expect([
    ledger.lost(said),
    ledger.doubled,
    ledger.torn,
    ledger.created,
    ledger.feesMissing,
    ledger.feesTwice,
  ]).toEqual([2, 2, 1, 5, 1, 1]);
  expect(await ledger.different(store, 'balances')).toBe(2);
});

test('memory that grows is told from memory that wobbles', () => {
  const wobbling = Array.from(
    { length: 600 },
    (_, second) => 100 + 20 * Math.sin(second / 3) + (second < 60 ? second : 60),
  );
  expect(Math.abs(growthOf(wobbling))).toBeLessThan(1);
  expect(growthOf(wobbling.map((each, second) => each + second / 10))).toBeCloseTo(6, 0);
  expect(growthOf(wobbling.slice(0, 400))).toBe(0);
});
