import { sealPayload, UnstorableValueError } from '../../src/messages';

class Placed {
  constructor(
    readonly total: number,
    readonly lines: readonly object[] = [],
  ) {}
}

class Money {
  constructor(readonly amount: number) {}
}

class Texting {
  readonly a = 1;
  toJSON(): string {
    return 'something else';
  }
}

class Hiding extends Texting {
  constructor(readonly text: string) {
    super();
    Object.defineProperty(this, 'toJSON', { value: text, enumerable: true });
  }
}

const nested = (levels: number): object => Array.from({ length: levels }).reduce<object>(inner => ({ a: inner }), {});

const circular: Record<string, unknown> = {};
circular.list = [circular];

const refusals: readonly (readonly [what: string, payload: unknown, path: string, reason: string])[] = [
  ['a function', { f: () => 1 }, 'E.f', 'a function'],
  ['a symbol', { s: Symbol('s') }, 'E.s', 'a symbol'],
  ['a bigint', { b: { c: 1n } }, 'E.b.c', 'a bigint'],
  ['NaN', { n: Number.NaN }, 'E.n', 'NaN, which JSON turns into null'],
  ['infinity', { n: [1, -Infinity] }, 'E.n[1]', '-Infinity, which JSON turns into null'],
  ['undefined in a list', { l: [undefined] }, 'E.l[0]', 'undefined inside an array'],
  ['a hole in a list', { l: Object.assign([1], { 2: 3 }) }, 'E.l[1]', 'undefined inside an array'],
  ['a date', { when: new Date(0) }, 'E.when', 'an instance of Date'],
  ['a map', { m: [[new Map()]] }, 'E.m[0][0]', 'an instance of Map'],
  ['a value object', { price: new Money(1) }, 'E.price', 'an instance of Money'],
  ['an object of an anonymous class', { x: Object.create(Object.create(null)) }, 'E.x', 'an instance of a class'],
  ['text with NUL', { t: 'a\0' }, 'E.t', 'a NUL character'],
  ['half a surrogate pair in a list', { t: ['\ud800'] }, 'E.t[0]', 'half a surrogate pair'],
  ['a key with NUL', { 'a\0': 1 }, 'E.a\0', 'a key with a NUL character'],
  ['a key with half a surrogate pair', { a: { '\udfff': 1 } }, 'E.a.\udfff', 'half a surrogate pair'],
  ['a key named __proto__', JSON.parse('{"a":[{"__proto__":{"x":1}}]}'), 'E.a[0].__proto__', 'change the prototype'],
  ['what is circular', circular, `E${'.list[0]'.repeat(50)}.list`, 'circular'],
  ['what is nested deeper than 100 levels', nested(101), `E${'.a'.repeat(101)}`, 'deeper than 100 levels'],
  ['a list', [1], 'E', 'an array, not an object'],
  ['null', null, 'E', 'null, not an object'],
  ['text', 'text', 'E', 'a string, not an object'],
  ['undefined', undefined, 'E', 'a undefined, not an object'],
  ['a payload that is a date', new Date(0), 'E', 'an instance of Date'],
  ['a payload that is a map', new (class Lines extends Map {})(), 'E', 'an instance of Map'],
  ['a payload that is an error', new RangeError('r'), 'E', 'an instance of Error'],
  ['a payload of bytes', new Uint8Array(2), 'E', 'an instance of Uint8Array'],
  ['a payload whose class has a toJSON method', new Texting(), 'E', 'a toJSON method'],
  ['a payload that hides such a method behind a field', new Hiding('text'), 'E', 'a toJSON method'],
];

test.each(refusals)('refuses %s, with the path of the field', (_, payload, path, reason) => {
  let error: unknown;
  try {
    sealPayload(payload as object, 'E');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(UnstorableValueError);
  expect(error).toMatchObject({ path, code: 'UNSTORABLE_VALUE' });
  expect((error as Error).message).toContain(reason);
});

test('returns a deeply frozen copy and leaves the original as it was', () => {
  const original = { list: [{ a: 1 }], inner: { b: null } };
  const sealed = sealPayload(original, 'E');
  expect(sealed).toEqual(original);
  expect(sealed).not.toBe(original);
  for (const each of [sealed, sealed.list, sealed.list[0], sealed.inner]) expect(Object.isFrozen(each)).toBe(true);
  original.list.push({ a: 2 });
  expect(sealed.list).toHaveLength(1);
});

test('keeps the class of the message', () => {
  const sealed = sealPayload(new Placed(3, [{ sku: 'a' }]), 'Placed');
  expect(sealed).toBeInstanceOf(Placed);
  expect(sealed).toEqual(new Placed(3, [{ sku: 'a' }]));
});

test('turns -0 into 0 and leaves out what is undefined, as JSON does', () => {
  const sealed = sealPayload({ zero: -0, list: [-0], none: undefined, inner: { none: undefined } }, 'E');
  expect(Object.is(sealed.zero, 0) && Object.is(sealed.list[0], 0)).toBe(true);
  expect(Object.keys(sealed)).toEqual(['zero', 'list', 'inner']);
  expect(Object.keys(sealed.inner)).toEqual([]);
});

test('returns what has been sealed before as it is, but seals what was only frozen', () => {
  const sealed = sealPayload({ a: 1 }, 'E');
  expect(sealPayload(sealed, 'F')).toBe(sealed);
  const frozen = Object.freeze({ inner: { a: 1 } });
  expect(Object.isFrozen(sealPayload(frozen, 'E').inner)).toBe(true);
});

test('takes what is nested 100 levels deep, and the same object in two places', () => {
  const shared = { a: 1 };
  expect(sealPayload(nested(100), 'E')).toEqual(nested(100));
  expect(sealPayload({ left: shared, right: shared }, 'E')).toEqual({ left: shared, right: shared });
});

test('takes objects without a prototype', () => {
  const bare: Record<string, unknown> = Object.assign(Object.create(null), { a: 1 });
  expect(sealPayload({ bare }, 'E')).toEqual({ bare: { a: 1 } });
  expect({ ...sealPayload(bare, 'E') }).toEqual({ a: 1 });
});
