import { isRecord, type JsonSchema, type JsonSchemaObject } from './json-schema';

/** The keywords that say something about one type only. */
const OF_TYPE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['minLength', 'maxLength', 'pattern', 'format'].map(keyword => [keyword, 'string'])),
  ...Object.fromEntries(
    ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].map(keyword => [keyword, 'number']),
  ),
  ...Object.fromEntries(
    ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'].map(keyword => [keyword, 'array']),
  ),
  ...Object.fromEntries(
    ['properties', 'required', 'additionalProperties', 'propertyNames', 'patternProperties'].map(key => [
      key,
      'object',
    ]),
  ),
};

/**
 * Returns the alternatives that a schema is made of, each with one type or one value, or with no type at all if it says
 * nothing about it.
 * @param root what `$ref` is looked up in
 */
export function alternatives(schema: JsonSchema, root: JsonSchema, seen: readonly string[] = []): JsonSchemaObject[] {
  if (typeof schema === 'boolean') return schema ? [{}] : [];
  const { $ref, $defs: _, anyOf, ...rest } = schema;
  if ($ref !== undefined) {
    const target = seen.includes($ref) ? undefined : referred($ref, root);
    return target === undefined ? [] : alternatives(target, root, [...seen, $ref]);
  }
  if (anyOf) return anyOf.flatMap(each => alternatives(merged(rest, each), root, seen));
  if (rest.allOf) return [flattened(rest)];
  if (rest.enum) return rest.enum.map(value => ({ enum: [value] }));
  if (rest.type === undefined) return [rest];
  const types = typeof rest.type === 'string' ? [rest.type] : rest.type;
  return types.flatMap(type => (type === 'boolean' ? [{ enum: [false] }, { enum: [true] }] : [ofType(rest, type)]));
}

function referred(ref: string, root: JsonSchema): JsonSchema | undefined {
  if (ref === '#') return root;
  const name = /^#\/\$defs\/(.+)$/.exec(ref)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
  return typeof root === 'object' && name !== undefined ? root.$defs?.[name] : undefined;
}

const merged = (rest: JsonSchemaObject, each: JsonSchema): JsonSchema =>
  typeof each === 'boolean' ? (each ? rest : false) : { ...rest, ...each };

/** One schema instead of several objects that must hold together, if their fields are different ones. */
function flattened({ allOf, ...rest }: JsonSchemaObject): JsonSchemaObject {
  const parts = allOf as readonly JsonSchema[];
  const objects = parts.filter((part): part is JsonSchemaObject => isRecord(part) && part.type === 'object');
  const names = objects.flatMap(({ properties }) => Object.keys(properties ?? {}));
  if (objects.length < parts.length || new Set(names).size < names.length) return { ...rest, allOf };
  return {
    ...rest,
    type: 'object',
    properties: Object.assign({}, ...objects.map(({ properties }) => properties)),
    required: objects.flatMap(({ required = [] }) => required),
  };
}

function ofType(schema: JsonSchemaObject, type: string): JsonSchemaObject {
  const own = type === 'integer' ? 'number' : type;
  const kept = Object.entries(schema).filter(([keyword]) => (OF_TYPE[keyword] ?? own) === own);
  return withWholeBounds({ ...Object.fromEntries(kept), type });
}

/** For integers, a bound that is left out is the next one that is included. */
function withWholeBounds(schema: JsonSchemaObject): JsonSchemaObject {
  const { type, exclusiveMinimum: over, exclusiveMaximum: under, ...rest } = schema;
  if (type !== 'integer') return schema;
  const bounds: { minimum?: number; maximum?: number } = {};
  if (typeof over === 'number') bounds.minimum = Math.max(Math.floor(over) + 1, Number(rest.minimum ?? -Infinity));
  if (typeof under === 'number') bounds.maximum = Math.min(Math.ceil(under) - 1, Number(rest.maximum ?? Infinity));
  return { ...rest, ...bounds, type };
}
