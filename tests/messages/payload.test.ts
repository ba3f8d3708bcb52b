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

class Hidden {
  readonly #level: number;
  constructor(level: number) {
    this.#level = level;
  }
  get level(): number {
    return this.#level;
  }
}

class Inheriting extends Hidden {
  readonly note = 'n';
}

const aside = new WeakMap<object, number>();

class Aside {
  constructor(level: number) {
    aside.set(this, level);
  }
}

class Disguised extends Map {
  override get [Symbol.toStringTag](): string {
    return 'Disguised';
  }
}

const SECRET = Symbol('secret');
class Marked {
  readonly a = 1;
  readonly [SECRET] = 2;
}

const unlisted = (object: object): object => Object.defineProperty(object, 'note', { value: 'n' });

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
  ['a payload with a private field', new Hidden(5), 'E.#level', 'a private field, which JSON does not show'],
  ['a payload with a private field of its parent', new Inheriting(5), 'E.#level', 'a private field'],
  ['a payload with data in a WeakMap', new Aside(5), 'E.#private', 'data in a WeakMap'],
  [
    'a payload that has private fields from Node',
    new (class Link extends URLSearchParams {})(),
    'E.#searchParams',
    'a private field',
  ],
  ['a payload that hides that it is a map', new Disguised(), 'E', 'an instance of Map'],
  ['a payload with a symbol as key', { a: 1, [SECRET]: 2 }, 'E[Symbol(secret)]', 'the value of a symbol'],
  ['an instance with a symbol as key', new Marked(), 'E[Symbol(secret)]', 'the value of a symbol'],
  [
    'an object within that has a symbol as key',
    { a: [{ [SECRET]: 2 }] },
    'E.a[0][Symbol(secret)]',
    'the value of a symbol',
  ],
  ['a field that is not enumerable', unlisted({ a: 1 }), 'E.note', 'not enumerable'],
  ['a field of an instance that is not enumerable', unlisted(new Placed(1)), 'E.note', 'not enumerable'],
  ['a field within that is not enumerable', { a: unlisted({}) }, 'E.a.note', 'not enumerable'],
  ['data on the prototype', Object.create({ note: 'n' }), 'E.note', 'a property of its prototype'],
  [
    'a named property of an array',
    { l: Object.assign([1, 2], { total: 3 }) },
    'E.l.total',
    'a named property of an array',
  ],
  ['a hidden property of an array', { l: unlisted([1]) }, 'E.l.note', 'a named property of an array'],
  ['a symbol of an array', { l: Object.assign([1], { [SECRET]: 3 }) }, 'E.l[Symbol(secret)]', 'the value of a symbol'],
  ['the match of a regular expression', { m: /b/.exec('abc') }, 'E.m.index', 'a named property of an array'],
  ['a subclass of Array', { l: new (class Lines extends Array {})() }, 'E.l', 'an instance of Lines'],
  ['an array without a prototype', { l: Object.setPrototypeOf([], null) }, 'E.l', 'an instance of a class'],
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

test('looks at each instance, also when one of its class and shape was sealed before', () => {
  sealPayload(new Placed(1), 'Placed');
  expect(() => sealPayload(Object.assign(new Placed(1), { [SECRET]: 2 }), 'Placed')).toThrow('Placed[Symbol(secret)]');
  expect(() => sealPayload(unlisted(new Placed(1)), 'Placed')).toThrow('Placed.note');
  expect(() => sealPayload(new Hidden(1), 'Hidden')).toThrow('Hidden.#level');
  expect(() => sealPayload(new Hidden(1), 'Hidden')).toThrow('Hidden.#level');
  expect(() => sealPayload({ 'a\0': 1 }, 'E')).toThrow('a key with a NUL');
  expect(() => sealPayload({ 'a\0': 1 }, 'E')).toThrow('a key with a NUL');
});

test('takes private methods, static fields, getters and computed properties, which hold no data of the instance', () => {
  class Sum {
    static made = 0;
    static #made = 0;
    constructor(readonly a: number) {
      Sum.#made++;
    }
    get twice(): number {
      return 2 * this.a;
    }
    #thrice(): number {
      return 3 * this.a + Sum.#made;
    }
    thrice(): number {
      return this.#thrice();
    }
  }
  expect({ ...sealPayload(new Sum(1), 'Sum') }).toEqual({ a: 1 });
  const computed = Object.defineProperty({}, 'a', { get: () => 1, enumerable: true });
  expect(sealPayload(computed, 'E')).toEqual({ a: 1 });
  const other: object = require('node:vm').runInNewContext('({ list: [1, { a: 2 }] })');
  expect(sealPayload(other, 'E')).toEqual({ list: [1, { a: 2 }] });
});
