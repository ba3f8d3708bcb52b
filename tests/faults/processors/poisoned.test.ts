import { faultsOf } from '../../support/figures';
import { poisoned } from './poisoned';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: a poison event holds up its own aggregate and no other; cured, it is handled in order; who waits or skips is found out',
  async name => {
    expect(
      await faultsOf(seed => poisoned(name, { rate: 150, aggregates: 40, poisoned: 2, duration: 2000 }, seed)),
    ).toEqual([]);
  },
  180_000,
);
