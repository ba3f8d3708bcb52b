import fc from 'fast-check';
import { isoTime } from '../../src/messages';

const FARTHEST = 8.64e15;

test('formats as Date does: whole and broken milliseconds, before 1970, in the year 10000, again and next to each other', () => {
  const time = fc.oneof(
    fc.integer({ min: 1_764_000_000_000, max: 1_764_000_002_000 }),
    fc.integer({ min: -3000, max: 3000 }),
    fc.maxSafeInteger().filter(value => Math.abs(value) <= FARTHEST),
    fc.double({ min: -FARTHEST, max: FARTHEST, noNaN: true }),
  );
  const times = fc.array(time, { maxLength: 20 });
  fc.assert(
    fc.property(times, list => {
      expect(list.map(isoTime)).toEqual(list.map(each => new Date(each).toISOString()));
    }),
    { numRuns: 1000 },
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, FARTHEST + 1])('refuses %p, and what comes next is right', wrong => {
  expect(() => isoTime(wrong)).toThrow(RangeError);
  expect(isoTime(FARTHEST)).toBe('+275760-09-13T00:00:00.000Z');
});
