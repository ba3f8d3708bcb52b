import * as fc from 'fast-check';

/** Names that every object has something under. */
const INHERITED = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  '__defineGetter__',
  'toJSON',
  'then',
];

const plain = fc.object({
  maxDepth: 3,
  values: [fc.string({ unit: 'grapheme' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
});

const anything = fc.object({
  maxDepth: 3,
  key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...INHERITED, '')),
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

/** What JSON makes of `{"__proto__": ...}`: an object with a key of its own that is called so. */
const polluting = fc
  .constantFrom('{"__proto__":{"polluted":1}}', '{"a":[{"__proto__":{"polluted":1}}]}')
  .map(text => JSON.parse(text) as object);

/** Payloads, good and bad. */
export const payloads = fc.oneof(
  { weight: 10, arbitrary: plain },
  { weight: 10, arbitrary: anything },
  { weight: 1, arbitrary: polluting },
);

/** Names of streams, events and messages, good and bad. */
export const names = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...INHERITED) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.constantFrom('\0', '\ud800', '\udfff', 'a', "'", '"', '\\', '.', '%'),
      maxLength: 6,
    }),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 250, maxLength: 260 }) },
);

const LETTERS = 'abcdefghijklmnopqrstuvwxyz_';

/** Names of schemas and tables, good and bad. */
export const identifiers = fc.oneof(
  fc.constantFrom(
    ...INHERITED.map(name => name.toLowerCase()),
    'select',
    'table',
    'user',
    'pg',
    '"',
    "x'; drop table y; --",
    'a"b',
    'A',
    '',
  ),
  fc.string({ unit: fc.constantFrom(...LETTERS, '0', '9'), minLength: 1, maxLength: 70 }),
  fc.string({ unit: fc.constantFrom(...LETTERS, '"', "'", ';', '-', '.', ' ', '\0', 'Ä', 'K', '$'), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const PROTOTYPES = [Object, Array, Function, String, Number, Boolean, Map, Set, Promise, Error].map(
  ({ prototype }) => prototype as object,
);

/** Tells what the prototypes hold, to compare it with what they hold later. */
export const prototypes = (): unknown[][] =>
  PROTOTYPES.map(prototype => [
    Object.getPrototypeOf(prototype),
    ...Reflect.ownKeys(prototype).map(key => Object.getOwnPropertyDescriptor(prototype, key)!.value),
  ]);

/** Counts the prototypes that have changed since. */
export const changedSince = (before: readonly unknown[][]): number =>
  prototypes().filter(
    (now, index) => now.length !== before[index]!.length || now.some((value, place) => value !== before[index]![place]),
  ).length;
