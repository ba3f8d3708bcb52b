import { faultsOf } from '../../support/figures';
import { gaps } from './gaps';

test('a processor skips nothing and sees nothing out of order; a reader that only remembers its position skips', async () => {
  expect(await faultsOf(seed => gaps({ writers: 16, duration: 2000, stuck: 900 }, seed))).toEqual([]);
}, 180_000);
