import { unmet } from './figures';
import { hostileInput } from './hostile-input';
import { newSeed } from './random';

test('payloads and names that were not made in good faith are stored as they are or refused with one error; no prototype changes', async () => {
  expect(unmet(await hostileInput({ payloads: 1000, identifiers: 300 }, newSeed()))).toEqual([]);
}, 60_000);
