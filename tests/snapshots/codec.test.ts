import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { decodeState, encodeState } from '../../src/model/snapshots/state-codec';

const again = (value: unknown): any => decodeState(JSON.parse(JSON.stringify(encodeState(value))));
const text = (value: unknown): string => JSON.stringify(encodeState(value));

test.each([
  ['undefined', { a: undefined }],
  ['numbers without a JSON form', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e-7]],
  ['bigints', [2n ** 80n, -1n]],
  ['dates', { at: new Date('2026-01-01T00:00:00.001Z') }],
  [
    'maps',
    new Map<unknown, unknown>([
      ['a', 1],
      [{ key: true }, new Set([1])],
      [[1, 2], new Map()],
    ]),
  ],
  ['sets', new Set([1, 'a', { b: 1 }])],
  ['keys that the encoding uses itself', { $: 'Date', of: 1, nested: { $: { $: 1 } } }],
  ['text that PostgreSQL or JSON find hard', ['\0', '\ud800', '😀', '\u2028']],
  ['the order of keys', { b: 1, a: { d: 1, c: 2 } }],
  ['empty things', [{}, [], '', new Map(), new Set()]],
])('keeps %s', (_, value) => {
  expect(isDeepStrictEqual(again(value), value)).toBe(true);
  expect(text(again(value))).toBe(text(value));
});

test('keeps a date that is none', () => {
  expect(again(new Date(Number.NaN)).getTime()).toBeNaN();
});

test('keeps the order of keys and entries', () => {
  expect(Object.keys(again({ b: 1, a: 2 }))).toEqual(['b', 'a']);
  expect([...again(new Map(Object.entries({ b: 1, a: 2 }))).keys()]).toEqual(['b', 'a']);
});

test('keeps a key called __proto__ without touching a prototype', () => {
  const value = JSON.parse('{"__proto__":{"admin":true}}');
  expect(Object.keys(again(value))).toEqual(['__proto__']);
  expect(again(value).admin).toBeUndefined();
});

test('keeps objects without a prototype apart from others', () => {
  expect(Object.getPrototypeOf(again(Object.assign(Object.create(null), { a: 1 })))).toBeNull();
});

test('keeps what is held twice as one object, and circles', () => {
  const shared = { n: 1 };
  const value = again({ one: shared, two: [shared] });
  expect(value.one).toBe(value.two[0]);
  const circle: { self?: object; in: Map<string, object> } = { in: new Map() };
  circle.self = circle;
  circle.in.set('circle', circle);
  const back = again(circle);
  expect(back.self).toBe(back);
  expect(back.in.get('circle')).toBe(back);
});

test('keeps what is frozen frozen, and the rest open', () => {
  const value = again({ frozen: Object.freeze({ open: { a: 1 }, list: Object.freeze([1]) }), open: [1] });
  expect(Object.isFrozen(value.frozen)).toBe(true);
  expect(Object.isFrozen(value.frozen.list)).toBe(true);
  expect(Object.isFrozen(value.frozen.open)).toBe(false);
  expect(Object.isFrozen(value.open)).toBe(false);
});

class Money {
  constructor(readonly cents: number) {}
}
class Bag extends Map {}
class Rows extends Array {}

test.each<[string, unknown, string]>([
  ['functions', { a: { go: () => 1 } }, 'a.go is a function'],
  ['symbols', [Symbol('s')], '[0] is a symbol'],
  ['instances of classes', { price: new Money(1) }, 'price is an instance of Money'],
  ['what extends a map', { bag: new Bag() }, 'bag is an instance of Bag'],
  ['what extends an array', { rows: new Rows() }, 'rows is an instance of Rows'],
  ['regular expressions', { a: /x/ }, 'a is an instance of RegExp'],
  ['typed arrays', { a: new Uint8Array(1) }, 'a is an instance of Uint8Array'],
  ['weak maps', { a: new WeakMap() }, 'a is an instance of WeakMap'],
  ['promises', { a: Promise.resolve() }, 'a is an instance of Promise'],
  ['arrays with holes', { a: new Array(2) }, 'a is an array with holes or named properties'],
  ['arrays with names', { a: Object.assign([1], { name: 1 }) }, 'a is an array with holes or named properties'],
  [
    'keys that are symbols',
    { a: { [Symbol('s')]: 1 } },
    'a is an object with the property Symbol(s), which JSON does not show',
  ],
  [
    'hidden properties',
    { a: Object.defineProperty({}, 'x', { value: 1 }) },
    'a is an object with the property x, which JSON does not show',
  ],
  [
    'computed properties',
    { a: Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }) },
    'a.x is a property that is computed',
  ],
  [
    'properties of maps',
    { a: Object.assign(new Map(), { x: 1 }) },
    'a is an object with the property x, which JSON does not show',
  ],
  [
    'properties that cannot be set',
    { a: Object.defineProperty({}, 'x', { value: 1, enumerable: true }) },
    'a.x is a property that cannot be set',
  ],
  ['objects that are sealed', { a: Object.seal({ x: 1 }) }, 'a is an object that takes no new properties'],
])('refuses %s, with their place', (_, value, message) => {
  expect(() => encodeState(value)).toThrow(message);
});

test.each([
  '{"$":"Money","of":1}',
  '{"$":"same","of":7}',
  '{"$":"Map","of":{}}',
  '{"$":"Set"}',
  '{"$":"object"}',
  '{"$":"bigint","of":"x"}',
])('throws on what it cannot have written: %s', damaged => {
  expect(() => decodeState(JSON.parse(damaged))).toThrow();
});

test('any state that is taken comes back equal, with the same text, in 2,000 runs', () => {
  const values = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  let kept = 0;
  fc.assert(
    fc.property(values, value => {
      let encoded: unknown;
      try {
        encoded = encodeState(value);
      } catch (error) {
        expect((error as Error).message).toMatch(/ is an? /);
        return;
      }
      kept += 1;
      const back = decodeState(JSON.parse(JSON.stringify(encoded)));
      // To node:util, two dates that are none are two different things.
      if (!JSON.stringify(encoded).includes('{"$":"Date","of":null}'))
        expect(isDeepStrictEqual(back, value)).toBe(true);
      expect(text(back)).toBe(JSON.stringify(encoded));
    }),
    { numRuns: 2000 },
  );
  expect(kept).toBeGreaterThan(500);
});
