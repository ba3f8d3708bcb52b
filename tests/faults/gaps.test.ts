import { unmet } from './figures';
import { gaps } from './gaps';
import { newSeed } from './random';

test('a follower skips nothing and sees nothing out of order; a reader that only remembers its position skips', async () => {
  expect(unmet(await gaps({ writers: 16, duration: 2000, stuck: 900 }, newSeed()))).toEqual([]);
}, 90_000);
