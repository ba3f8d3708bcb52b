import { faultsOf } from '../../support/figures';
import { rebuilt } from './rebuilt';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: while a projection is rebuilt readers see no error and nothing older; with a rebuild in place, or a hasty switch, they do',
  async name => {
    expect(await faultsOf(seed => rebuilt(name, { rate: 300, history: 1000, rebuilds: 2 }, seed))).toEqual([]);
  },
  180_000,
);
