import { faultsOf } from '../../support/figures';
import { killedPublishers } from './killed-publishers';

test.each(['SQLite', 'PostgreSQL'] as const)(
  '%s: Nest applications that publish with @nestjs/cqrs are killed: each event reaches its handler and its saga; without Eventuality some do not',
  async name => {
    expect(await faultsOf(seed => killedPublishers(name, { events: 150, kills: 4, pace: 4 }, seed))).toEqual([]);
  },
  180_000,
);
