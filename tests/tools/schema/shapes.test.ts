import { z } from 'zod';
import { shapeChanges } from '../../../src/tools/cli/schema/shapes/changes';
import { normalised } from '../../../src/tools/cli/schema/shapes/normalised';

const shapeOf = (schema: z.ZodType) => normalised(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }));
const said = (before: z.ZodType, after: z.ZodType): string[] =>
  shapeChanges(shapeOf(before), shapeOf(after)).map(({ field, kind, message }) => `${kind}: ${field} ${message}`);

test('an optional field may be added, at any depth', () => {
  const before = z.object({ name: z.string(), lines: z.array(z.object({ price: z.number() })) });
  const after = z.object({
    name: z.string(),
    note: z.string().optional(),
    lines: z.array(z.object({ price: z.number(), tax: z.number().optional() })),
  });
  expect(said(before, after)).toEqual([]);
  expect(said(after, before)).toEqual([
    'break: lines[].tax is gone, and stored events have it',
    'break: note is gone, and stored events have it',
  ]);
});

const before = z.object({ name: z.string(), plan: z.enum(['free', 'paid']), note: z.string().optional() });

test.each<[string, z.ZodType, string[]]>([
  [
    'a required field',
    before.extend({ locale: z.string() }),
    ['break: locale is required now, and stored events do not have it'],
  ],
  ['a field that is gone', before.omit({ name: true }), ['break: name is gone, and stored events have it']],
  ['another type', before.extend({ name: z.number() }), ['break: name was string, and is number']],
  ['null', before.extend({ name: z.string().nullable() }), ['break: name was string, and is null | string']],
  [
    'required to optional',
    before.partial({ name: true }),
    ['break: name may be missing now, and processes of older code require it'],
  ],
  [
    'optional to required',
    before.required({ note: true }),
    ['break: note is required now, and stored events may lack it'],
  ],
  ['a limit', before.extend({ name: z.string().max(10) }), ['break: name was string, and is string (maxLength 10)']],
  [
    'a value more',
    before.extend({ plan: z.enum(['free', 'paid', 'team']) }),
    [
      'grown: plan was "free" | "paid", and is "free" | "paid" | "team": processes of older code do not know the new values',
    ],
  ],
  ['a value less', before.extend({ plan: z.enum(['free']) }), ['break: plan was "free" | "paid", and is "free"']],
  [
    'any text instead of values',
    before.extend({ plan: z.string() }),
    ['break: plan was "free" | "paid", and is string'],
  ],
])('it names the field and what has become of it: %s', (_, after, expected) => {
  expect(said(before, after)).toEqual(expected);
});

test('a schema that refers to itself is compared once', () => {
  const tree = (value: z.ZodType) => {
    const node: z.ZodType = z.object({ value, children: z.lazy(() => z.array(node)) });
    return node;
  };
  expect(said(tree(z.string()), tree(z.string()))).toEqual([]);
  expect(said(tree(z.string()), tree(z.number()))).toEqual([
    'break: children[].value was string, and is number',
    'break: value was string, and is number',
  ]);
});

test('maps, tuples, and objects with whatever else are compared in both directions', () => {
  expect(said(z.record(z.string(), z.number()), z.record(z.string(), z.string()))).toEqual([
    'break: * was number, and is string',
  ]);
  expect(said(z.tuple([z.string(), z.number()]), z.tuple([z.string(), z.string()]))).toEqual([
    'break: [1] was number, and is string',
  ]);
  expect(said(z.looseObject({ a: z.string() }), z.object({ a: z.string() }))).toEqual([
    'break: * is gone, and stored events have it',
  ]);
  expect(said(z.strictObject({ a: z.string() }), z.strictObject({ a: z.string(), b: z.string().optional() }))).toEqual([
    'break: b is new, and the shape that is locked accepts no other fields',
  ]);
});

test('what another release of a library writes in another way is the same shape', () => {
  const one = {
    type: 'object',
    required: ['b', 'a'],
    properties: {
      a: { type: 'string', format: 'date-time', pattern: '^1' },
      b: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER },
    },
  };
  const other = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: ['object'],
    properties: { b: { type: 'integer', title: 'B' }, a: { type: 'string', format: 'date-time', pattern: '^2' } },
    required: ['a', 'b'],
  };
  expect(JSON.stringify(normalised(one))).toBe(JSON.stringify(normalised(other)));
  expect(normalised({ const: 'x', type: 'string' })).toEqual(normalised({ enum: ['x'] }));
});
