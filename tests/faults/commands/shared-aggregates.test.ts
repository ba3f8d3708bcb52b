import { faultsOf } from '../../support/figures';
import { sharedAggregates } from './shared-aggregates';

test('40 commands at once over two aggregates, one shared, all succeed from two processes, on every store; without retries some conflict', async () => {
  expect(await faultsOf(seed => sharedAggregates({ commands: 40, rounds: 2, pairs: 20 }, seed))).toEqual([]);
}, 180_000);
