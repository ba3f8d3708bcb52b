import { faultsOf } from '../../support/figures';
import { ambiguousCommits } from './ambiguous-commits';

test('lost replies and terminated backends: nothing is stored twice, in part or not at all; a caller that uses new ids stores twice', async () => {
  expect(await faultsOf(seed => ambiguousCommits({ cuts: 15, terminated: 30 }, seed))).toEqual([]);
}, 180_000);
