import { faultsOf } from '../../support/figures';
import { killedCommands } from './killed-commands';
import { repeatedCommands } from './repeated-commands';

test('a command that 16 racers dispatch with one id is carried out once, and all get its outcome; without a journal it is not', async () => {
  expect(await faultsOf(seed => repeatedCommands({ racers: 16, rounds: 12 }, seed))).toEqual([]);
}, 180_000);

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: the commands of processes that are killed or frozen are carried out by others when the lease is over, and none takes effect twice',
  async name => {
    expect(await faultsOf(seed => killedCommands(name, { kills: 2, atOnce: 2 }, seed))).toEqual([]);
  },
  180_000,
);
