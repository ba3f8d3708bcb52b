import { ambiguousCommits } from './ambiguous-commits';
import { unmet } from './figures';
import { newSeed } from './random';

test('lost replies and terminated backends: nothing is stored twice, in part or not at all; a caller that uses new ids stores twice', async () => {
  expect(unmet(await ambiguousCommits({ cuts: 15, terminated: 30 }, newSeed()))).toEqual([]);
}, 90_000);
