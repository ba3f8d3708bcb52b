import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { sealPayload, UnstorableValueError } from '../../src/messages';

const plain = fc.object({
  maxDepth: 3,
  values: [fc.string({ unit: 'grapheme' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
});
const anything = fc.object({
  maxDepth: 3,
  key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', '')),
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withNullPrototype: true,
  withObjectString: true,
  withUnicodeString: true,
});

const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const snapshot = (): unknown[][] => prototypes.map(prototype => Reflect.ownKeys(prototype));

test('either refuses a payload or carries it through JSON exactly, and changes no prototype', () => {
  const before = snapshot();
  let carried = 0;
  const carriesOrRefuses = fc.property(fc.oneof(plain, anything), payload => {
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
  expect(snapshot()).toEqual(before);
}, 60_000);
