import { faultsOf } from '../../support/figures';
import { backlog } from './backlog';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: slow projections that are far behind hold only a few pages; what queues all it is given does not',
  async name => {
    expect(await faultsOf(seed => backlog(name, { events: 50_000, text: 1500, duration: 3000 }, seed))).toEqual([]);
  },
  180_000,
);
