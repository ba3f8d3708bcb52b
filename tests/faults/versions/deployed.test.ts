import { faultsOf } from '../../support/figures';
import { deployed } from './deployed';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: two codes are deployed over each other, and an old process restarts meanwhile: some process follows, and readers see nothing older; processes that stay superseded do not',
  async name => {
    expect(await faultsOf(seed => deployed(name, { rate: 200, history: 500, deploys: 2 }, seed))).toEqual([]);
  },
  120_000,
);
