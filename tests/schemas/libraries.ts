import { type } from 'arktype';
import type { StandardSchemaV1 } from 'eventuality';
import * as v from 'valibot';
import { z } from 'zod';

/** The same schemas, written with one library. */
export interface Schemas {
  /** Of a customer: id, email, age or none, and lines of an address, with their streets. */
  readonly customer: StandardSchemaV1<any, any>;
  readonly text: StandardSchemaV1<any, any>;
  /** Takes spaces away. */
  readonly trimmed: StandardSchemaV1<any, any>;
  /** Fills in 'en' as the `locale`. */
  readonly withDefault: StandardSchemaV1<any, any>;
  /** Makes a number of text. */
  readonly converted: StandardSchemaV1<any, any>;
}

/** Each library: what it says is left to it. */
export const LIBRARIES: readonly (readonly [name: string, schemas: Schemas])[] = [
  [
    'zod',
    {
      customer: z.object({
        id: z.string(),
        email: z.email(),
        age: z.number().min(0).optional(),
        lines: z.array(z.object({ street: z.string().min(1) })),
      }),
      text: z.object({ id: z.string(), text: z.string().min(1) }),
      trimmed: z.object({ id: z.string(), text: z.string().trim() }),
      withDefault: z.object({ id: z.string(), text: z.string(), locale: z.string().default('en') }),
      converted: z.object({ id: z.string(), text: z.string().transform(Number) }),
    },
  ],
  [
    'valibot',
    {
      customer: v.object({
        id: v.string(),
        email: v.pipe(v.string(), v.email()),
        age: v.optional(v.pipe(v.number(), v.minValue(0))),
        lines: v.array(v.object({ street: v.pipe(v.string(), v.minLength(1)) })),
      }),
      text: v.object({ id: v.string(), text: v.pipe(v.string(), v.minLength(1)) }),
      trimmed: v.object({ id: v.string(), text: v.pipe(v.string(), v.trim()) }),
      withDefault: v.object({ id: v.string(), text: v.string(), locale: v.optional(v.string(), 'en') }),
      converted: v.object({ id: v.string(), text: v.pipe(v.string(), v.transform(Number)) }),
    },
  ],
  [
    'arktype',
    {
      customer: type({
        '+': 'reject',
        id: 'string',
        email: 'string.email',
        'age?': 'number >= 0',
        lines: type({ '+': 'reject', street: 'string >= 1' }).array(),
      }),
      text: type({ '+': 'reject', id: 'string', text: 'string >= 1' }),
      trimmed: type({ id: 'string', text: 'string.trim' }),
      withDefault: type({ id: 'string', text: 'string', locale: "string = 'en'" }),
      converted: type({ id: 'string', text: 'string.numeric.parse' }),
    },
  ],
];
