import { unmet } from './figures';
import { models } from './models';
import { newSeed } from './random';

test('every store answers any sequence of appends and reads as a naive list would, also where several run at once', async () => {
  expect(unmet(await models({ memory: 2000, sqlite: 100, postgres: 100 }, newSeed()))).toEqual([]);
}, 120_000);
