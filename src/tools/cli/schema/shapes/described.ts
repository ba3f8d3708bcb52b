import { alternatives } from './alternatives';
import { canonical, type JsonSchema, type JsonSchemaObject } from './json-schema';

/** Keywords that are told beside a type. */
const TOLD = [
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
];
const MAX_SHOWN = 8;

/** Describes which values a schema accepts, in some words. */
export function described(schema: JsonSchema, root: JsonSchema): string {
  const all = [...new Set(alternatives(schema, root).map(shown))];
  const words = all.includes('true') && all.includes('false') ? ['boolean', ...all.filter(isNoBoolean)] : all;
  if (words.length === 0) return 'never';
  return words.length > MAX_SHOWN ? `${words.slice(0, MAX_SHOWN).join(' | ')} | ...` : words.join(' | ');
}

const isNoBoolean = (word: string): boolean => word !== 'true' && word !== 'false';

function shown(alternative: JsonSchemaObject): string {
  if (alternative.enum) return alternative.enum.map(canonical).join(' | ');
  const limits = [...TOLD, 'minItems', 'maxItems', 'multipleOf'].flatMap(keyword =>
    keyword in alternative ? [`${keyword} ${alternative[keyword]}`] : [],
  );
  const type = typeof alternative.type === 'string' ? alternative.type : 'any value';
  return limits.length > 0 ? `${type} (${limits.join(', ')})` : type;
}
