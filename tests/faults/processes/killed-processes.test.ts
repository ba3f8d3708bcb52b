import { faultsOf } from '../../support/figures';
import { killedProcesses } from './killed-processes';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: processes that run a process manager are killed: each command takes effect once; with random ids it does not',
  async name => {
    expect(await faultsOf(seed => killedProcesses(name, { orders: 60, kills: 4 }, seed))).toEqual([]);
  },
  180_000,
);
