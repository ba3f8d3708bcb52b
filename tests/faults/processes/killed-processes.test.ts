import { faultsOf } from '../../support/figures';
import { killedDeadlines } from './killed-deadlines';
import { frozenProcesses, killedProcesses } from './killed-processes';

// The other plays run on PostgreSQL in the long form.
test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: processes that run a process manager are killed: each command takes effect once; with random ids it does not',
  async name => {
    expect(await faultsOf(seed => killedProcesses(name, { orders: 60, kills: 4 }, seed))).toEqual([]);
  },
  180_000,
);

test.each(['SQLite'] as const)(
  '%s: processes are stopped while they hold what they have sent: nothing takes effect twice; with random ids it does',
  async name => {
    expect(await faultsOf(seed => frozenProcesses(name, { orders: 120, freezes: 2 }, seed))).toEqual([]);
  },
  180_000,
);

test.each(['SQLite'] as const)(
  '%s: deadlines fire once and not early while processes are killed; without a fence a late commit spoils the state',
  async name => {
    const sizes = { instances: 50, times: 3, every: 500, kills: 2 };
    expect(await faultsOf(seed => killedDeadlines(name, sizes, seed))).toEqual([]);
  },
  180_000,
);
