import { z } from 'zod';
import type { Random } from '../../support/random';

/** A shape of data that schemas of zod, and samples, are made of. */
export type Shape =
  | { readonly kind: 'string'; readonly min: number }
  | { readonly kind: 'number' | 'boolean' | 'text or number' }
  | { readonly kind: 'integer'; readonly min: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'nullable' | 'list' | 'map'; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Field>> };

export interface Field {
  readonly of: Shape;
  readonly optional: boolean;
}

/** What a schema of zod is to do beside accepting valid data. */
interface Reading {
  /** Whether fields that are not known make data invalid; otherwise they are passed over. */
  readonly strict?: boolean;
  /** More values that each list of values accepts. */
  readonly more?: readonly string[];
}

const VALUES = ['a', 'b', 'c', 'd'];
const NAMES = ['one', 'two', 'three', 'four', 'five'];
const one = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;

export function zodOf(shape: Shape, reading: Reading = {}): z.ZodType {
  switch (shape.kind) {
    case 'string':
      return z.string().min(shape.min);
    case 'integer':
      return z.int().min(shape.min);
    case 'number':
      return z.number();
    case 'boolean':
      return z.boolean();
    case 'text or number':
      return z.union([z.string(), z.number()]);
    case 'enum':
      return z.enum([...new Set([...shape.values, ...(reading.more ?? [])])]);
    case 'nullable':
      return zodOf(shape.of, reading).nullable();
    case 'list':
      return z.array(zodOf(shape.of, reading));
    case 'map':
      return z.record(z.string(), zodOf(shape.of, reading));
    case 'object': {
      const fields = Object.entries(shape.fields).map(([name, { of, optional }]) => {
        const field = zodOf(of, reading);
        return [name, optional ? field.optional() : field];
      });
      return (reading.strict ? z.strictObject : z.object)(Object.fromEntries(fields));
    }
  }
}

/** All values of lists in a shape. */
export function valuesIn(shape: Shape): string[] {
  if (shape.kind === 'enum') return [...shape.values];
  if (shape.kind === 'object') return Object.values(shape.fields).flatMap(({ of }) => valuesIn(of));
  return 'of' in shape ? valuesIn(shape.of) : [];
}

/** Returns data of a shape. */
export function sampleOf(shape: Shape, random: Random): unknown {
  switch (shape.kind) {
    case 'string':
      return 'xyzxyz'.slice(0, shape.min + random.below(3));
    case 'integer':
      return shape.min + random.below(4);
    case 'number':
      return one(random, [-2, -1, 0, 0.5, 1, 2, 3]);
    case 'boolean':
      return random.chance(0.5);
    case 'text or number':
      return random.chance(0.5) ? one(random, ['', 'x', 'xyz']) : one(random, [-2, 0, 0.5]);
    case 'enum':
      return one(random, shape.values);
    case 'nullable':
      return random.chance(0.3) ? null : sampleOf(shape.of, random);
    case 'list':
      return Array.from({ length: random.below(4) }, () => sampleOf(shape.of, random));
    case 'map':
      return Object.fromEntries(
        NAMES.flatMap(name => (random.chance(0.4) ? [[name, sampleOf(shape.of, random)]] : [])),
      );
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.fields).flatMap(([name, { of, optional }]) =>
          optional && random.chance(0.5) ? [] : [[name, sampleOf(of, random)]],
        ),
      );
  }
}

export function anObject(random: Random, depth = 2): Shape & { kind: 'object' } {
  const names = NAMES.slice(0, 1 + random.below(3));
  return { kind: 'object', fields: Object.fromEntries(names.map(name => [name, aField(random, depth)])) };
}

const aField = (random: Random, depth: number): Field => ({
  of: aShape(random, depth - 1),
  optional: random.chance(0.4),
});

function aShape(random: Random, depth: number): Shape {
  const kinds = ['string', 'integer', 'number', 'boolean', 'text or number', 'enum'] as const;
  const kind = one(random, depth > 0 ? ([...kinds, 'nullable', 'list', 'map', 'object'] as const) : kinds);
  switch (kind) {
    case 'string':
    case 'integer':
      return { kind, min: random.below(3) };
    case 'enum':
      return { kind, values: VALUES.slice(0, 1 + random.below(3)) };
    case 'nullable':
    case 'list':
    case 'map':
      return { kind, of: aShape(random, depth - 1) };
    case 'object':
      return anObject(random, depth);
    default:
      return { kind };
  }
}

/** Returns a shape with one change somewhere, of the kinds that developers make. */
export function changed(shape: Shape, random: Random): Shape {
  if (shape.kind === 'object') return { kind: 'object', fields: changedFields(shape.fields, random) };
  if ('of' in shape && random.chance(0.7)) return { ...shape, of: changed(shape.of, random) };
  if (shape.kind === 'enum' && random.chance(0.7)) return { ...shape, values: VALUES.slice(0, 1 + random.below(4)) };
  if ('min' in shape && random.chance(0.5)) return { ...shape, min: random.below(3) };
  return random.chance(0.3) ? { kind: 'nullable', of: shape } : aShape(random, 1);
}

function changedFields(fields: Readonly<Record<string, Field>>, random: Random): Record<string, Field> {
  const next = { ...fields };
  const name = one(random, Object.keys(fields).length > 0 ? Object.keys(fields) : NAMES);
  const field = fields[name];
  const kind = random.below(6);
  if (kind <= 1 || !field) {
    const added = NAMES.find(each => !(each in fields));
    if (added) next[added] = { of: aShape(random, 1), optional: kind === 0 || random.chance(0.5) };
  } else if (kind === 2) delete next[name];
  else if (kind === 3) next[name] = { ...field, optional: !field.optional };
  else next[name] = { ...field, of: changed(field.of, random) };
  return next;
}
