import { toJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import { defineEvent, eventCatalog } from 'eventuality';
import * as v from 'valibot';
import { z } from 'zod';
import { EMPTY_LOCK, type LockFile } from '../../../src/tools/cli/schema/lock-file';
import { changeFindings } from '../../../src/tools/cli/schema/rules';
import type { ValibotConverter } from '../../../src/tools/cli/schema/schema-shapes';
import { eventsToday, nextLock } from '../../../src/tools/cli/schema/today';

/** The same event in each library, and its changes. */
const LIBRARIES = {
  zod: () => {
    const order = { id: z.string(), plan: z.enum(['free', 'paid']), count: z.number(), open: z.boolean() };
    const fields = { ...order, lines: z.array(z.object({ text: z.string(), price: z.number().nullable() })) };
    return {
      today: z.object(fields),
      'an optional field': z.object({ ...fields, note: z.string().optional() }),
      'a required field': z.object({ ...fields, note: z.string() }),
      'a field less': z.object(order),
      'a value more': z.object({ ...fields, plan: z.enum(['free', 'paid', 'team']) }),
      'a value less': z.object({ ...fields, plan: z.enum(['free']) }),
      'another type': z.object({ ...fields, count: z.string() }),
      'a nested field less': z.object({ ...fields, lines: z.array(z.object({ text: z.string() })) }),
    };
  },
  valibot: () => {
    const order = { id: v.string(), plan: v.picklist(['free', 'paid']), count: v.number(), open: v.boolean() };
    const fields = { ...order, lines: v.array(v.object({ text: v.string(), price: v.nullable(v.number()) })) };
    return {
      today: v.object(fields),
      'an optional field': v.object({ ...fields, note: v.optional(v.string()) }),
      'a required field': v.object({ ...fields, note: v.string() }),
      'a field less': v.object(order),
      'a value more': v.object({ ...fields, plan: v.picklist(['free', 'paid', 'team']) }),
      'a value less': v.object({ ...fields, plan: v.picklist(['free']) }),
      'another type': v.object({ ...fields, count: v.string() }),
      'a nested field less': v.object({ ...fields, lines: v.array(v.object({ text: v.string() })) }),
    };
  },
  arktype: () => {
    const order = { id: 'string', plan: "'free' | 'paid'", count: 'number', open: 'boolean' } as const;
    const fields = { ...order, lines: type({ text: 'string', price: 'number | null' }).array() } as const;
    return {
      today: type(fields),
      'an optional field': type({ ...fields, 'note?': 'string' }),
      'a required field': type({ ...fields, note: 'string' }),
      'a field less': type(order),
      'a value more': type({ ...fields, plan: "'free' | 'paid' | 'team'" }),
      'a value less': type({ ...fields, plan: "'free'" }),
      'another type': type({ ...fields, count: 'string' }),
      'a nested field less': type({ ...fields, lines: type({ text: 'string' }).array() }),
    };
  },
};

const converter = (): ValibotConverter => toJsonSchema as unknown as ValibotConverter;

function code(schema: any, before: LockFile = EMPTY_LOCK, valibot: () => ValibotConverter | undefined = converter) {
  const catalog = eventCatalog({ events: [defineEvent('ordered', { schema })] });
  const today = eventsToday(catalog, valibot);
  return { catalog, today, lock: nextLock(before, catalog, today) };
}

describe.each(Object.entries(LIBRARIES))('the lock of an event with a schema of %s', (_, schemas) => {
  const { today, ...changes } = schemas();
  const { lock } = code(today);

  test('means the same as one with a schema of another library', () => {
    const zods = code(LIBRARIES.zod().today);
    const { catalog, today: same } = code(today);
    expect(lock.events.ordered!.versions[1]).toMatchObject({ from: 'schema' });
    expect(changeFindings(zods.lock, catalog, same)).toEqual([]);
    expect(changeFindings(lock, zods.catalog, zods.today)).toEqual([]);
  });

  test.each([
    ['an optional field', []],
    ['a required field', [['error', 'note']]],
    ['a field less', [['error', 'lines']]],
    ['a value more', [['warning', 'plan']]],
    ['a value less', [['error', 'plan']]],
    ['another type', [['error', 'count']]],
    ['a nested field less', [['error', 'lines[].price']]],
  ] as const)('finds %s', (change, found) => {
    const { catalog, today: changed } = code(changes[change], lock);
    const said = changeFindings(lock, catalog, changed).map(({ level, field }) => [level, field]);
    expect(said).toEqual(found);
  });
});

test('an event with a schema of valibot has no shape where what describes it is not installed', () => {
  const { lock, today } = code(LIBRARIES.valibot().today, EMPTY_LOCK, () => undefined);
  expect(lock.events.ordered!.versions[1]).not.toHaveProperty('shape');
  expect(today.notes).toMatchObject([{ message: expect.stringContaining("install '@valibot/to-json-schema'") }]);
});
