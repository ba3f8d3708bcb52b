import { faultsOf } from '../../support/figures';
import { interleavings } from './interleavings';

test('bus, commands and shutdown keep their promises in whatever order things happen; careless ones break them', async () => {
  expect(await faultsOf(seed => interleavings({ schedules: 500 }, seed))).toEqual([]);
}, 180_000);
