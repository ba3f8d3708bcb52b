import { commandFingerprint, messageFingerprint } from '../../src/messages';

class Move {
  constructor(
    readonly from: string,
    readonly to: unknown,
  ) {}
}

function itself(this: object): object {
  return this;
}

const of = (content: object): string => commandFingerprint('Move', content);

describe('the fingerprint of a command', () => {
  test('is the same for an instance and a plain message, and for any order of keys', () => {
    expect(messageFingerprint(new Move('a', { x: 1, y: [2, 3] }))).toBe(of({ to: { y: [2, 3], x: 1 }, from: 'a' }));
    expect(messageFingerprint({ name: 'Move', message: { from: 'a', to: 'b' } })).toBe(
      of({ to: 'b', from: 'a', note: undefined }),
    );
  });

  test('is the same for equal dates, bigints, maps, sets and bytes', () => {
    const make = (): object => ({
      at: new Date(5),
      amount: 7n,
      map: new Map([['k', { v: 1 }]]),
      set: new Set([1, 2]),
      bytes: Buffer.from('ab'),
      self: new URL('https://a.b/c'),
    });
    expect(of(make())).toBe(of(make()));
  });

  test.each<[string, unknown, unknown]>([
    ['a number and its text', 1, '1'],
    ['a number and a bigint', 1, 1n],
    ['two dates', new Date(1), new Date(2)],
    ['a date and its number', new Date(1), 1],
    ['null and a missing entry', null, undefined],
    ['two orders of a list', [1, 2], [2, 1]],
    ['two nestings', [[1], 2], [[1, 2]]],
    ['a text that looks like two entries', 'a","to":"b', 'b'],
    ['two maps', new Map([[1, 2]]), new Map([[1, 3]])],
    ['bytes', Buffer.from('a'), Buffer.from('b')],
    ['two texts with the same beginning', `${'a'.repeat(300)}x`, `${'a'.repeat(300)}y`],
    ['NaN and null', Number.NaN, null],
    ['two expressions', /a/, /b/],
    ['two buffers', Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
    ['what says of itself that it is its own JSON', { n: 1, toJSON: itself }, { n: 2, toJSON: itself }],
  ])('differs for %s', (_, left, right) => {
    expect(of({ to: left })).not.toBe(of({ to: right }));
  });

  test('differs with the name', () => {
    expect(commandFingerprint('A', { id: '1' })).not.toBe(commandFingerprint('B', { id: '1' }));
  });

  test('is found for what is circular', () => {
    const make = (): object => {
      const content: Record<string, unknown> = { id: '1' };
      content.self = content;
      return content;
    };
    expect(of(make())).toBe(of(make()));
    expect(of(make())).not.toBe(of({ id: '1', self: { id: '1' } }));
  });
});
