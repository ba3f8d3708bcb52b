import { faultsOf } from '../../support/figures';
import { killedProcessors } from './killed-processors';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: processes that follow are killed and ended: documents count each event once, effects happen once; with a checkpoint of its own they do not',
  async name => {
    expect(await faultsOf(seed => killedProcessors(name, { cycles: 4 }, seed))).toEqual([]);
  },
  180_000,
);
