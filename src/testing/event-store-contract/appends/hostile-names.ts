import assert from 'node:assert/strict';
import { happened, refused, streamOf, to, write } from '../fixtures';
import type { Checks } from '../scene';

/** Names that have broken a store before, all different. */
const NAMES: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'null',
    'undefined',
    '0',
    '00',
    '1e3',
    '-1',
    'NaN',
    'true',
  ],
  ...[
    "'",
    '"',
    '`',
    '\\',
    "';--",
    '"); DROP TABLE events; --',
    "' OR '1'='1",
    '$1',
    '?',
    ':id',
    '%',
    '_',
    '%s',
    '{x}',
    '{}',
    '[]',
  ],
  ...[
    ' ',
    '  ',
    'a',
    'a ',
    ' a',
    'A',
    'a\t',
    'a\n',
    '\r\n',
    '\u0001',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '.',
    '..',
    '../x',
    '/',
    'a/b',
    'a.b',
  ],
  ...[
    '*',
    '>',
    'a.>',
    'a:b',
    'a-b',
    'a|b',
    'a,b',
    '#',
    '&',
    '=',
    '+',
    '@',
    '~',
    'é',
    'e\u0301',
    'ß',
    'ss',
    'ſ',
    'I',
    'ı',
    'i',
    'İ',
  ],
  ...[
    '👩‍👩‍👧',
    '\u{10ffff}',
    'عربي',
    '世界',
    '\u202eabc',
    '😀'.repeat(127),
    'x'.repeat(255),
    `${'x'.repeat(254)}y`,
    'é'.repeat(255),
  ],
];

/** What becomes of names and keys that have broken a store before: they are names like others, or refused. */
export const hostileNames: Checks = {
  'keeps streams apart by any aggregate ids': async ({ store }) => {
    await store.append(NAMES.map(name => to(streamOf(name), 'none', happened({ name }))));
    for (const name of NAMES) {
      const events = await store.read(streamOf(name));
      assert.deepEqual(
        events.map(({ aggregateId, version, payload }) => [aggregateId, version, payload]),
        [[name, 1, { name }]],
      );
    }
  },

  'keeps streams apart by any aggregate names': async ({ store }) => {
    for (const name of NAMES) await write(store, streamOf('1', name), happened({ name }));
    for (const name of NAMES) {
      const events = await store.read(streamOf('1', name));
      assert.deepEqual(
        events.map(({ aggregateName, version, payload }) => [aggregateName, version, payload]),
        [[name, 1, { name }]],
      );
    }
  },

  'returns every event name, metadata entry and payload key as it was given': async ({ store }) => {
    const keys = Object.fromEntries(NAMES.filter(name => name !== '__proto__').map(name => [name, name]));
    await write(store, streamOf('1'), ...NAMES.map(name => ({ name, payload: { ...keys }, metadata: { ...keys } })));
    const events = await store.read(streamOf('1'));
    assert.deepEqual(
      events.map(({ name }) => name),
      NAMES,
    );
    assert.deepEqual({ ...events[0]!.payload }, keys);
    assert.deepEqual(events[0]!.metadata, {
      correlationId: events[0]!.id,
      causationId: events[0]!.id,
      commandName: '',
      ...keys,
    });
  },

  'keeps streams apart whose names and ids run together': async ({ store }) => {
    const pairs = [
      ...[
        ['a', 'bc'],
        ['ab', 'c'],
        ['a-b', 'c'],
        ['a', 'b-c'],
        ['a/b', 'c'],
        ['a', 'b/c'],
        ['a.b', 'c'],
        ['a', 'b.c'],
        ['a:b', 'c'],
      ],
      ...[
        ['a', 'b:c'],
        ['a|b', 'c'],
        ['a', 'b|c'],
        ['a","b', 'c'],
        ['a', 'b","c'],
        ['a b', 'c'],
        ['a', 'b c'],
        ['c', 'ab'],
      ],
    ] as [string, string][];
    for (const [name, id] of pairs) await write(store, streamOf(id, name), happened({ name, id }));
    for (const [name, id] of pairs) {
      const events = await store.read(streamOf(id, name));
      assert.deepEqual(
        events.map(({ payload }) => payload),
        [{ name, id }],
      );
    }
  },

  'finds no events in streams that are named like members of every object': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.deepEqual(await store.read(streamOf(name)), []);
      assert.deepEqual(await store.read(streamOf('1', name)), []);
      assert.deepEqual(await store.read(streamOf(name, name)), []);
    }
  },

  'refuses a payload with a key of its own that is named __proto__, and changes no prototype': async ({ store }) => {
    const before = Reflect.ownKeys(Object.prototype).length;
    for (const text of [
      '{"__proto__":{"polluted":true}}',
      '{"inner":[{"__proto__":{"polluted":true}}]}',
      '{"__proto__":1}',
    ]) {
      const payload: object = JSON.parse(text);
      await refused('UNSTORABLE_VALUE', () => store.append([to(streamOf('1'), 'any', happened(payload))]));
      await refused('UNSTORABLE_VALUE', () =>
        store.append([to(streamOf('1'), 'any', happened({}, { metadata: { ...payload } }))]),
      );
    }
    await write(store, streamOf('1'), happened(JSON.parse('{"constructor":{"prototype":{"polluted":true}}}')));
    await store.read(streamOf('1'));
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.equal(Reflect.ownKeys(Object.prototype).length, before);
  },
};
