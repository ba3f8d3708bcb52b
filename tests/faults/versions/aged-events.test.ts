import { faultsOf } from '../../support/figures';
import { agedEvents } from './aged-events';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: code with a new version of an event is deployed over the old one: nothing is parked, lost, or folded as what it is not; older code that parks what it does not know does',
  async name => {
    expect(await faultsOf(seed => agedEvents(name, { rate: 60, deploys: 2 }, seed))).toEqual([]);
  },
  120_000,
);
