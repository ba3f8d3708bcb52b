import { faultsOf } from '../../support/figures';
import { longStreams } from './long-streams';

test('an aggregate is loaded page by page: its events need not fit into memory', async () => {
  expect(await faultsOf(seed => longStreams({ short: 2000, long: 40_000, text: 1000, heap: 32 }, seed))).toEqual([]);
}, 180_000);
