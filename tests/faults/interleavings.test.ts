import { unmet } from './figures';
import { interleavings } from './interleavings';
import { newSeed } from './random';

test('bus, commands and shutdown keep their promises in whatever order things happen; careless ones break them', async () => {
  expect(unmet(await interleavings({ schedules: 500 }, newSeed()))).toEqual([]);
}, 60_000);
