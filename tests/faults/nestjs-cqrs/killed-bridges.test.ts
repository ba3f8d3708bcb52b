import { faultsOf } from '../../support/figures';
import { killedBridges } from './killed-bridges';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: Nest applications with classes of both kinds are killed: nothing that either bus has acknowledged is lost; with a bridge by hand some events are',
  async name => {
    expect(await faultsOf(seed => killedBridges(name, { events: 100, kills: 3, pace: 4 }, seed))).toEqual([]);
  },
  180_000,
);
