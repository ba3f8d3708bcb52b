import { unmet } from './figures';
import { longStreams } from './long-streams';
import { newSeed } from './random';

test('an aggregate is loaded page by page: its events need not fit into memory', async () => {
  expect(unmet(await longStreams({ short: 2000, long: 40_000, text: 1000, heap: 32 }, newSeed()))).toEqual([]);
}, 120_000);
