import { Event } from 'eventuality';
import { InvalidValueError } from 'eventuality/errors';
import {
  bigintCodec,
  bytesCodec,
  codecOf,
  dateCodec,
  mapCodec,
  setCodec,
  urlCodec,
  type ValueCodec,
} from 'eventuality/values';
import { eventTypeOf, FieldsCodec, optionFaults, someCodecs } from '../../../src/messages';

class Money {
  constructor(
    readonly cents: number,
    readonly currency: string,
  ) {}

  toJSON(): string {
    return `${this.cents} ${this.currency}`;
  }

  static from(stored: string): Money {
    const [cents, currency] = stored.split(' ');
    return new Money(Number(cents), currency!);
  }
}
const money = codecOf(Money);

describe('each codec stores what JSON carries, and makes an equal value of it', () => {
  test.each<[string, ValueCodec, unknown, unknown]>([
    ['a date', dateCodec, new Date('2026-01-02T03:04:05.006Z'), '2026-01-02T03:04:05.006Z'],
    ['a date before the year 0', dateCodec, new Date(-1e14), '-001199-02-15T14:13:20.000Z'],
    ['a bigint', bigintCodec, -(2n ** 70n), '-1180591620717411303424'],
    ['a URL', urlCodec, new URL('https://example.com/a?b=c#d'), 'https://example.com/a?b=c#d'],
    ['bytes', bytesCodec, new Uint8Array([0, 1, 254, 255]), 'AAH+/w=='],
    ['no bytes', bytesCodec, new Uint8Array(), ''],
    ['a map', mapCodec(), new Map([['a', { n: 1 }]]), [['a', { n: 1 }]]],
    [
      'a map with codecs',
      mapCodec({ key: bigintCodec, value: dateCodec }),
      new Map([[1n, new Date(0)]]),
      [['1', '1970-01-01T00:00:00.000Z']],
    ],
    ['a set', setCodec(), new Set(['a', 'b']), ['a', 'b']],
    ['a set with a codec', setCodec(money), new Set([new Money(1, 'EUR')]), ['1 EUR']],
    ['a value of a class', money, new Money(250, 'EUR'), '250 EUR'],
  ])('%s', (_, codec, value, stored) => {
    expect(codec.encode(value)).toEqual(stored);
    const again = codec.decode(JSON.parse(JSON.stringify(codec.encode(value))));
    expect(again).toEqual(value);
    expect(Object.getPrototypeOf(again)).toBe(Object.getPrototypeOf(value));
  });
});

describe('what a codec does not take is refused, with the value and what it must be', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no date', () => dateCodec.encode('2026' as never), /dateCodec received '2026'; it must be a valid Date/],
    ['an invalid date', () => dateCodec.encode(new Date(Number.NaN)), /must be a valid Date/],
    ['stored text that is no date', () => dateCodec.decode('soon'), /'soon'; it must be ISO 8601 text/],
    ['a stored number as a date', () => dateCodec.decode(5), /received 5/],
    ['a number as a bigint', () => bigintCodec.encode(5 as never), /received 5; it must be a bigint/],
    ['stored text that is no bigint', () => bigintCodec.decode('1.5'), /must be decimal digits/],
    ['no URL', () => urlCodec.encode('x' as never), /must be a URL/],
    ['stored text that is no URL', () => urlCodec.decode('not a url'), /must be the text of a URL/],
    ['no bytes', () => bytesCodec.encode([1] as never), /must be a Uint8Array/],
    ['stored text that is not base64', () => bytesCodec.decode('*'), /must be base64/],
    ['no map', () => mapCodec().encode({} as never), /must be a Map/],
    ['a stored list that is no map', () => mapCodec().decode([1]), /must be a list of \[key, value\]/],
    ['no set', () => setCodec().encode([] as never), /must be a Set/],
    ['what is stored of no set', () => setCodec().decode({}), /must be a list of items/],
    [
      'no instance of the class',
      () => money.encode({} as never),
      /codecOf\(Money\) received an object.*an instance of Money/,
    ],
    [
      'a class that makes something else',
      () =>
        codecOf(
          class Odd extends Money {
            static override from = () => 7 as never;
          },
        ).decode(''),
      /Odd\.from received 7/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(InvalidValueError);
    expect(call).toThrow(message);
  });

  test('a class without the two methods', () => {
    for (const type of [class Bare {}, undefined, {}])
      expect(() => codecOf(type as never)).toThrow(
        /it must be a class with a method toJSON\(\) and a static method from/,
      );
  });
});

describe('fields', () => {
  const fields = new FieldsCodec(
    { price: money, lines: [{ price: money, at: dateCodec }], tags: [[bigintCodec]] },
    'a thing',
  );
  const value = {
    id: '1',
    price: new Money(3, 'EUR'),
    lines: [{ n: 1, price: new Money(1, 'EUR'), at: new Date(0) }, null, { n: 2 }],
    tags: [[1n, 2n], []],
  };
  const stored = {
    id: '1',
    price: '3 EUR',
    lines: [{ n: 1, price: '1 EUR', at: '1970-01-01T00:00:00.000Z' }, null, { n: 2 }],
    tags: [['1', '2'], []],
  };

  test('are converted by name, nested and in lists; others, null and undefined are left as they are', () => {
    expect(fields.encode(value)).toEqual(stored);
    expect(fields.decode(stored)).toEqual(value);
    expect(fields.encode({ price: null, lines: undefined })).toEqual({ price: null, lines: undefined });
    expect(fields.decode({ price: null })).toEqual({ price: null });
  });

  test('are frozen where they are nested, as data is', () => {
    const { lines } = fields.decode(stored) as typeof value;
    expect([Object.isFrozen(lines), Object.isFrozen(lines[0])]).toEqual([true, true]);
  });

  test.each<[string, unknown, RegExp]>([
    ['a Map', { lines: new Map([['a', 1]]) }, /: The codec of a list received .*Map.*; it must be a list/],
    ['text', { lines: 'abc' }, /: The codec of a list received 'abc'/],
    [
      'a nested date',
      { lines: [new Date(0)] },
      /: The codec of a nested object received .*Date.*; it must be an object/,
    ],
    ['a nested list', { lines: [[1]] }, /: The codec of a nested object received an array/],
  ])('that have %s where something else is converted are refused: nothing is stored instead', (_, wrong, message) => {
    expect(() => fields.encode({ ...value, ...(wrong as object) })).toThrow(message);
  });

  test('with a codec that returns a promise are refused, wherever it is, and its error does not end the process', async () => {
    const later = {
      encode: async () => Promise.reject(new Error('encode')),
      decode: async () => Promise.reject(new Error('decode')),
    };
    const codecs: [FieldsCodec, object, object][] = [
      [new FieldsCodec({ at: later }, 'a thing'), { at: 1 }, { at: 1 }],
      [new FieldsCodec({ at: [later] }, 'a thing'), { at: [1] }, { at: [1] }],
      [new FieldsCodec({ at: mapCodec({ value: later }) }, 'a thing'), { at: new Map([[1, 1]]) }, { at: [[1, 1]] }],
      [new FieldsCodec({ at: setCodec(later) }, 'a thing'), { at: new Set([1]) }, { at: [1] }],
    ];
    for (const [waiting, value, stored] of codecs) {
      expect(() => waiting.encode(value)).toThrow(
        /the codec of 'at.*' failed: .* returned .*Promise.*; it must be synchronous\.$/,
      );
      expect(() => waiting.decode(stored)).toThrow(
        /the codec of 'at.*' failed: .* returned .*Promise.*; it must be synchronous\.$/,
      );
    }
    // No type of a codec allows a promise; code without types returns one all the same.
    @Event('codecs.waited', { codec: later as any })
    class Waited {}
    const type = eventTypeOf(Waited);
    expect(() => type.seal(new Waited())).toThrow(
      /^The event 'codecs\.waited' cannot be .*: its codec failed: .* returned .*Promise/,
    );
    expect(() => type.instanceOf({})).toThrow(
      /^The event 'codecs\.waited' cannot be .*: its codec failed: .* returned .*Promise/,
    );
    await new Promise(resolve => setImmediate(resolve));
  });

  test.each<[string, unknown, RegExp]>([
    ['no codecs', 7, /^codecs is 7; it must be codecs by field/],
    ['half a codec', { a: { encode: () => 1 } }, /^codecs\.a\.encode is the function encode; it must be a codec/],
    ['a list of two', { a: [money, money] }, /^codecs\.a is a list of 2; it must be a codec/],
    ['nothing', { a: { b: undefined } }, /^codecs\.a\.b is undefined; it must be a codec/],
  ])('with %s are refused', (_, codecs, fault) => {
    const faults = optionFaults({ codecs }, { codecs: someCodecs });
    expect(faults).toEqual([expect.stringMatching(fault)]);
  });
});
