import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { newId } from '../../../messages';
import type { NewEvent, StreamAppend } from '../../../store';
import { assertEmpty, everything, happened, refused, streamOf, to } from '../fixtures';
import type { Checks } from '../scene';

/** Values that are no name, whatever is named. */
const NO_NAMES: readonly unknown[] = [
  undefined,
  null,
  '',
  'x'.repeat(256),
  'a\0b',
  '\ud800',
  7,
  7n,
  {},
  [],
  Symbol('s'),
  circular(),
];

function circular(): object {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}

const asAppends = (value: unknown): readonly StreamAppend[] => value as readonly StreamAppend[];

const someEvent = (part: object): NewEvent => ({ ...happened(), ...part }) as NewEvent;

/** What becomes of appends that are none, or have parts that are none: they are refused, and nothing is stored. */
export const hostileAppends: Checks = {
  'refuses names that are not text of 1 to 255 characters': async ({ store }) => {
    for (const value of NO_NAMES) {
      const name = value as string;
      for (const append of [
        to({ aggregateName: 'Thing', aggregateId: name }, 'any', happened()),
        to({ aggregateName: name, aggregateId: '1' }, 'any', happened()),
        to(streamOf('1'), 'any', someEvent({ name })),
      ]) {
        const { faults } = await refused('INVALID_APPEND', () => store.append([append]), `the name ${inspect(value)}`);
        assert.equal((faults as string[]).length, 1);
      }
    }
    await assertEmpty(store);
  },

  'refuses malformed expectations, ids and schema versions': async ({ store }) => {
    for (const value of [undefined, null, -1, 1.5, Number.NaN, 2 ** 53, '1', 'some', {}, 1n]) {
      await refused(
        'INVALID_APPEND',
        () => store.append([to(streamOf('1'), value as number, happened())]),
        `expecting ${inspect(value)}`,
      );
    }
    for (const id of ['', 'x', null, 5, newId().toUpperCase(), `${newId()}0`, `{${newId()}}`]) {
      await refused(
        'INVALID_APPEND',
        () => store.append([to(streamOf('1'), 'any', someEvent({ id }))]),
        `the id ${inspect(id)}`,
      );
    }
    for (const schemaVersion of [null, 0, -1, 1.5, 2 ** 31, '1', 1n, Number.NaN]) {
      await refused(
        'INVALID_APPEND',
        () => store.append([to(streamOf('1'), 'any', someEvent({ schemaVersion }))]),
        `the schema version ${inspect(schemaVersion)}`,
      );
    }
    await assertEmpty(store);
  },

  'refuses metadata that is not an object, or whose own entries are not text': async ({ store }) => {
    for (const metadata of [
      'text',
      5,
      true,
      null,
      [],
      { correlationId: 5 },
      { causationId: null },
      { commandName: {} },
    ]) {
      await refused(
        'INVALID_APPEND',
        () => store.append([to(streamOf('1'), 'any', someEvent({ metadata }))]),
        inspect(metadata),
      );
    }
    await assertEmpty(store);
  },

  'refuses anything but a list of appends': async ({ store }) => {
    const stream = streamOf('1');
    for (const value of [
      undefined,
      null,
      7,
      'x',
      {},
      [null],
      [undefined],
      [{}],
      [{ stream: null }],
      [{}, {}],
      [{ stream, expected: 'any' }],
    ]) {
      await refused('INVALID_APPEND', () => store.append(asAppends(value)), inspect(value));
    }
    for (const events of [null, {}, [], [null], [undefined], ['x'], new Array(1)]) {
      await refused(
        'INVALID_APPEND',
        () => store.append(asAppends([{ stream, expected: 'any', events }])),
        `the events ${inspect(events)}`,
      );
    }
    await assertEmpty(store);
  },

  'refuses an append to the same stream twice': async ({ store }) => {
    const { faults } = await refused('INVALID_APPEND', () =>
      store.append([
        to(streamOf('1'), 'any', happened()),
        to(streamOf('2'), 'any', happened()),
        to(streamOf('1'), 'any', happened()),
      ]),
    );
    assert.equal((faults as string[]).length, 1);
    await assertEmpty(store);
  },

  'lists all faults of an append': async ({ store }) => {
    const bad = { name: '', payload: {}, id: 'no uuid', schemaVersion: 0 };
    const { faults } = await refused('INVALID_APPEND', () =>
      store.append([
        to(streamOf('', ''), -1, happened(), bad),
        to(streamOf('1'), 'any'),
        to(streamOf('2'), 'any', happened()),
        to(streamOf('2'), 'none', bad),
      ]),
    );
    assert.equal((faults as string[]).length, 11);
    assert.equal((await everything(store)).length, 0);
  },
};
