import { faultsOf } from '../../support/figures';
import { models } from './models';

test('every store answers any sequence of appends and reads as a naive list would, also where several run at once', async () => {
  expect(await faultsOf(seed => models({ memory: 2000, sqlite: 100, postgres: 100 }, seed))).toEqual([]);
}, 180_000);
