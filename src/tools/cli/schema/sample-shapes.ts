import type { JsonSchema, JsonSchemaObject } from './shapes/json-schema';
import { isRecord } from './shapes/json-schema';
import { normalised } from './shapes/normalised';

/**
 * Returns the shape that samples of one event have in common: the types of their fields, and which of them are in each
 * sample. What no sample shows, such as the items of a list that is always empty, is left open.
 */
export const shapeOfSamples = (samples: readonly unknown[]): JsonSchema => normalised(shapeOf(samples));

function shapeOf(values: readonly unknown[]): JsonSchema {
  const shapes = [
    ...[...new Set(values.filter(value => !isRecord(value) && !Array.isArray(value)).map(typeOf))].map(type => ({
      type,
    })),
    ...listsOf(values.filter(value => Array.isArray(value))),
    ...objectsOf(values.filter(isRecord)),
  ];
  return shapes.length === 1 ? shapes[0]! : { anyOf: shapes };
}

const typeOf = (value: unknown): string => (value === null ? 'null' : typeof value);

function listsOf(lists: readonly (readonly unknown[])[]): JsonSchemaObject[] {
  if (lists.length === 0) return [];
  const items = lists.flat();
  return [{ type: 'array', ...(items.length > 0 && { items: shapeOf(items) }) }];
}

function objectsOf(objects: readonly Record<string, unknown>[]): JsonSchemaObject[] {
  if (objects.length === 0) return [];
  const names = [...new Set(objects.flatMap(each => Object.keys(each)))];
  const having = (name: string) => objects.filter(each => Object.hasOwn(each, name));
  return [
    {
      type: 'object',
      properties: Object.fromEntries(names.map(name => [name, shapeOf(having(name).map(each => each[name]))])),
      required: names.filter(name => having(name).length === objects.length),
    },
  ];
}
