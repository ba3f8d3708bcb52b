import { shownText, shownValue, shownWithType } from '../../src/messages';

const throwing = (): never => {
  throw new Error('no text');
};

describe('a text in a message', () => {
  it('stays as it is where it is short and printable', () => {
    expect(shownText("L'été 東京 🎉")).toBe("L'été 東京 🎉");
  });

  it('is cut, and says how long it was', () => {
    const shown = shownText('x'.repeat(1_000_000));
    expect(shown).toBe(`${'x'.repeat(100)}… (1,000,000 characters)`);
  });

  it.each([
    ['a line break', 'a\r\nb', 'a\\r\\nb'],
    ['a tab', 'a\tb', 'a\\tb'],
    ['an escape sequence', '\u001b[31mred', '\\u001b[31mred'],
    ['NUL', 'a\0b', 'a\\u0000b'],
    ['a control character of C1', 'a\u009bb', 'a\\u009bb'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a mark that turns the writing direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['a byte order mark', '\ufeffa', '\\ufeffa'],
    ['half of a pair', 'a\ud800b', 'a\\ud800b'],
    ['an invisible tag', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ])('escapes %s', (_, text, shown) => {
    expect(shownText(text)).toBe(shown);
  });
});

describe('a value in a message', () => {
  it.each([
    ['a text', "it's", "'it's'"],
    ['a number', -0.5, '-0.5'],
    ['a BigInt', 7n, '7n'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('a\nb'), 'Symbol(a\\nb)'],
    ['a plain object', { a: 1 }, 'an object'],
    ['an object without a prototype', Object.create(null), 'an object'],
    ['an array', [1], 'an array'],
    ['an instance', new Date(0), 'an object of the class Date'],
    ['a class', class Todo {}, 'the function Todo'],
    ['a function without a name', () => undefined, 'a function without a name'],
    ['an object whose toString throws', { toString: throwing }, 'an object'],
    ['an object whose constructor throws', Object.defineProperty({}, 'constructor', { get: throwing }), 'an object'],
    ['an object whose constructor is text', { constructor: 'Todo' }, 'an object'],
    ['a revoked proxy', revoked(), 'an object'],
    ['a proxy whose every trap throws', new Proxy({}, { get: throwing, getPrototypeOf: throwing }), 'an object'],
    [
      'a class whose name throws',
      Object.defineProperty(class {}, 'name', { get: throwing }),
      'a function without a name',
    ],
  ])('is shown for what it is: %s', (_, value, shown) => {
    expect(shownValue(value)).toBe(shown);
  });

  it('has its type behind it on request', () => {
    expect([7, '7', 7n, true, null, undefined, {}].map(shownWithType)).toEqual([
      '7 (number)',
      "'7' (string)",
      '7n (bigint)',
      'true (boolean)',
      'null (null)',
      'undefined (undefined)',
      'an object',
    ]);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
