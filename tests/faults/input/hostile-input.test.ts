import { faultsOf } from '../../support/figures';
import { hostileInput } from './hostile-input';

test('payloads and names that were not made in good faith are stored as they are or refused with one error; no prototype changes', async () => {
  expect(await faultsOf(seed => hostileInput({ payloads: 1000, identifiers: 300 }, seed))).toEqual([]);
}, 180_000);
