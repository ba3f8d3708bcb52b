import { faultsOf } from '../../support/figures';
import { generatedSchedules } from './generated-schedules';
import { poisonedDeadlines } from './poisoned-deadlines';
import { restartedInstances } from './restarted-instances';
import { rolledProcesses } from './rolled-processes';
import { zones } from './zones';

test('processes do what a model says, whatever comes in whichever order; without turns they do not', async () => {
  const sizes = { memory: 25, SQLite: 3, PostgreSQL: 2 };
  expect(await faultsOf(seed => generatedSchedules(sizes, seed))).toEqual([]);
}, 120_000);

// What is left out here is in the long forms.
test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: deadlines that fail keep no others from firing; where they stay due they do',
  async name => {
    const sizes = { poisoned: 120, healthy: 20, within: 500 };
    expect(await faultsOf(seed => poisonedDeadlines(name, sizes, seed))).toEqual([]);
  },
  120_000,
);

test.each(['memory', 'PostgreSQL'] as const)(
  '%s: no deadline of one run of an instance fires in another; without the number of the run it does',
  async name => {
    expect(await faultsOf(seed => restartedInstances(name, { restarts: 40 }, seed))).toEqual([]);
  },
  120_000,
);

test('newer code takes over open instances, and sends nothing again; a replay that sends does', async () => {
  expect(await faultsOf(seed => rolledProcesses('SQLite', { instances: 60 }, seed))).toEqual([]);
}, 120_000);

test('recurring commands come once and in time in twelve time zones; 24 hours a day are something else', async () => {
  const sizes = { from: '2026-03-05', days: 35, restarts: 10 };
  expect(await faultsOf(seed => zones(sizes, seed))).toEqual([]);
}, 120_000);
