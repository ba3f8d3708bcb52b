import { shownValue } from '../faults/shown';
import { isFunction } from '../options/option-checks';
import { InvalidOptionsError } from '../options/options';
import { failedAt } from './codec-failed-error';
import { InvalidValueError } from './invalid-value-error';
import { synchronous } from './synchronous';
import type { ValueCodec } from './value-codec';

const refuse = (codec: string, value: unknown, wanted: string): never => {
  throw new InvalidValueError(codec, value, wanted);
};

/** A `Date`, as ISO 8601 in UTC. @throws InvalidValueError for an invalid date */
export const dateCodec: ValueCodec<Date, string> = {
  encode: value =>
    Object.prototype.toString.call(value) === '[object Date]' && !Number.isNaN(value.getTime())
      ? value.toISOString()
      : refuse('dateCodec', value, 'a valid Date'),
  decode: stored => {
    const date = new Date(typeof stored === 'string' ? stored : Number.NaN);
    return Number.isNaN(date.getTime()) ? refuse('dateCodec', stored, 'ISO 8601 text') : date;
  },
};

/** A bigint, as decimal text. @throws InvalidValueError */
export const bigintCodec: ValueCodec<bigint, string> = {
  encode: value => (typeof value === 'bigint' ? String(value) : refuse('bigintCodec', value, 'a bigint')),
  decode: stored =>
    typeof stored === 'string' && /^-?\d+$/.test(stored)
      ? BigInt(stored)
      : refuse('bigintCodec', stored, 'decimal digits'),
};

/** A `URL`, as text. @throws InvalidValueError */
export const urlCodec: ValueCodec<URL, string> = {
  encode: value => (value instanceof URL ? value.href : refuse('urlCodec', value, 'a URL')),
  decode: stored => (URL.canParse(stored) ? new URL(stored) : refuse('urlCodec', stored, 'the text of a URL')),
};

/** A `Uint8Array`, as base64. @throws InvalidValueError */
export const bytesCodec: ValueCodec<Uint8Array, string> = {
  encode: value =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : refuse('bytesCodec', value, 'a Uint8Array'),
  decode: stored =>
    typeof stored === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(stored)
      ? new Uint8Array(Buffer.from(stored, 'base64'))
      : refuse('bytesCodec', stored, 'base64'),
};

const SAME: ValueCodec = { encode: value => value, decode: stored => stored };

/**
 * A `Map`, as a list of `[key, value]`, with codecs for both where JSON cannot carry them.
 * @throws InvalidValueError, CodecFailedError if a codec of an entry fails
 */
export function mapCodec<Key = any, Value = any>(
  codecs: { readonly key?: ValueCodec<Key>; readonly value?: ValueCodec<Value> } = {},
): ValueCodec<ReadonlyMap<Key, Value>, readonly (readonly [unknown, unknown])[]> {
  const { key = SAME, value = SAME } = codecs;
  const entry = (method: 'encode' | 'decode', each: any, of: any): readonly [any, any] => {
    try {
      return [synchronous(key[method](each), method), synchronous(value[method](of), method)];
    } catch (error) {
      throw failedAt(`[${shownValue(each)}]`, method, error);
    }
  };
  return {
    encode: map =>
      map instanceof Map
        ? Array.from(map, ([each, of]) => entry('encode', each, of))
        : refuse('mapCodec', map, 'a Map'),
    decode: stored =>
      Array.isArray(stored) && stored.every(each => Array.isArray(each) && each.length === 2)
        ? new Map(stored.map(([each, of]) => entry('decode', each, of)))
        : refuse('mapCodec', stored, 'a list of [key, value]'),
  };
}

/**
 * A `Set`, as a list, with a codec for its items where JSON cannot carry them.
 * @throws InvalidValueError, CodecFailedError if the codec of an item fails
 */
export function setCodec<Item = any>(item: ValueCodec<Item> = SAME): ValueCodec<ReadonlySet<Item>, readonly unknown[]> {
  const each = (method: 'encode' | 'decode', value: any, index: number): any => {
    try {
      return synchronous(item[method](value), method);
    } catch (error) {
      throw failedAt(`[${index}]`, method, error);
    }
  };
  return {
    encode: set =>
      set instanceof Set
        ? Array.from(set, (value, index) => each('encode', value, index))
        : refuse('setCodec', set, 'a Set'),
    decode: stored =>
      Array.isArray(stored)
        ? new Set(stored.map((value, index) => each('decode', value, index)))
        : refuse('setCodec', stored, 'a list of items'),
  };
}

/** A class of values: instances say what is stored, and the class makes them of it. */
export interface ValueClass<Value extends { toJSON(): unknown }> {
  readonly name: string;
  readonly prototype: Value;
  /** @param stored what `toJSON` returned */
  from(stored: any): Value;
}

/**
 * Returns the codec of a class with a method `toJSON()` and a static method `from(data)`.
 * @example const money = codecOf(Money)
 * @throws InvalidOptionsError; its methods InvalidValueError
 */
export function codecOf<Value extends { toJSON(): unknown }>(type: ValueClass<Value>): ValueCodec<Value> {
  if (!isFunction(type) || !isFunction(type.from) || !isFunction(type.prototype?.toJSON))
    throw new InvalidOptionsError('codecOf', [
      `type is ${shownValue(type)}; it must be a class with a method toJSON() and a static method from(data).`,
    ]);
  const { name, prototype } = type;
  const isOne = (value: unknown): value is Value =>
    typeof value === 'object' && value !== null && Object.prototype.isPrototypeOf.call(prototype, value);
  return {
    encode: value => (isOne(value) ? value.toJSON() : refuse(`codecOf(${name})`, value, `an instance of ${name}`)),
    decode: stored => {
      const value: unknown = synchronous(type.from(stored), `${name}.from`);
      return isOne(value) ? value : refuse(`${name}.from`, value, `an instance of ${name}, made of what is stored`);
    },
  };
}
