import { canonical, isRecord, type JsonSchema, type JsonSchemaObject } from './json-schema';

/** What describes, and does not decide which values are valid. */
const ANNOTATIONS = new Set([
  ...[
    '$schema',
    '$id',
    '$comment',
    'title',
    'description',
    'default',
    'examples',
    'deprecated',
    'readOnly',
    'writeOnly',
  ],
  '~standard',
]);
const SCHEMAS = ['items', 'additionalProperties', 'propertyNames', 'contains', 'not', 'if', 'then', 'else'];
const LISTS_OF_SCHEMAS = ['anyOf', 'allOf', 'prefixItems'];
const MAPS_OF_SCHEMAS = ['properties', '$defs', 'patternProperties'];

/**
 * Returns a JSON Schema in the one form that is locked, so that another release of a schema library does not look like
 * another shape: without annotations, without the regular expression beside a `format` and the bounds of safe integers,
 * with `const` and `oneOf` as `enum` and `anyOf`, everything in order.
 */
export function normalised(schema: unknown): JsonSchema {
  if (!isRecord(schema)) return schema !== false;
  const all = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword)));
  const { const: only, oneOf, definitions, ...rest } = all;
  const found: Record<string, unknown> = { ...rest };
  if ('const' in all) found.enum = [only];
  if (oneOf) found.anyOf = [...((found.anyOf as unknown[] | undefined) ?? []), ...(oneOf as unknown[])];
  if (definitions) found.$defs = definitions;
  if (typeof found.$ref === 'string') found.$ref = found.$ref.replace('#/definitions/', '#/$defs/');
  for (const keyword of SCHEMAS) if (keyword in found) found[keyword] = normalised(found[keyword]);
  for (const keyword of LISTS_OF_SCHEMAS)
    if (Array.isArray(found[keyword])) found[keyword] = found[keyword].map(normalised);
  for (const keyword of MAPS_OF_SCHEMAS)
    if (isRecord(found[keyword]))
      found[keyword] = Object.fromEntries(
        Object.entries(found[keyword]).map(([name, each]) => [name, normalised(each)]),
      );
  return inOrder(withoutNoise(found));
}

function withoutNoise(found: Record<string, unknown>): Record<string, unknown> {
  if ('format' in found) delete found.pattern;
  if (found.minimum === Number.MIN_SAFE_INTEGER) delete found.minimum;
  if (found.maximum === Number.MAX_SAFE_INTEGER) delete found.maximum;
  // The keys of an object are text anyway.
  if (canonical(found.propertyNames) === '{"type":"string"}') delete found.propertyNames;
  if (Array.isArray(found.required) && found.required.length === 0) delete found.required;
  if (found.enum) delete found.type;
  if (Array.isArray(found.type) && found.type.length === 1) found.type = found.type[0];
  if (Array.isArray(found.anyOf)) found.anyOf = sorted(found.anyOf);
  for (const keyword of ['enum', 'required', 'type'])
    if (Array.isArray(found[keyword])) found[keyword] = sorted(found[keyword]);
  return found;
}

const inOrder = (schema: Record<string, unknown>): JsonSchemaObject => JSON.parse(canonical(schema));

const sorted = (list: readonly unknown[]): unknown[] =>
  [...new Map(list.map(each => [canonical(each), each]))]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, each]) => each);
