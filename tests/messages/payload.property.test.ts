import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { sealPayload, UnstorableValueError } from '../../src/messages';
import { changedSince, payloads, prototypes } from '../support/hostile-values';

test('either refuses a payload or carries it through JSON exactly, and changes no prototype', () => {
  const before = prototypes();
  let carried = 0;
  const carriesOrRefuses = fc.property(payloads, payload => {
    let sealed: object;
    try {
      sealed = sealPayload(payload, 'E');
    } catch (error) {
      if (error instanceof UnstorableValueError) return;
      throw error;
    }
    const read = JSON.parse(JSON.stringify(sealed));
    assert.deepEqual(read, { ...sealed });
    assert.deepEqual(read, JSON.parse(JSON.stringify(payload)));
    carried++;
  });
  fc.assert(carriesOrRefuses, { numRuns: 10_000 });
  expect(carried).toBeGreaterThan(1000);
  expect(carried).toBeLessThan(9500);
  expect(changedSince(before)).toBe(0);
}, 60_000);
