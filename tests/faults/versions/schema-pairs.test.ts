import { faultsOf } from '../../support/figures';
import { schemaPairs } from './schema-pairs';

test('what the lock of events says of two schemas is what validating samples says, in both directions; one direction is not enough', async () => {
  expect(await faultsOf(seed => schemaPairs({ pairs: 100, samples: 1000 }, seed))).toEqual([]);
}, 120_000);
