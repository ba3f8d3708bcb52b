import { canonical, type JsonSchemaObject } from './json-schema';

/** Keywords by which a lower or an upper limit is given. */
const LOWER = ['minLength', 'minItems', 'minProperties'];
const UPPER = ['maxLength', 'maxItems', 'maxProperties'];
/** Keywords that are compared in another way. */
const COMPARED = new Set([
  ...LOWER,
  ...UPPER,
  ...['type', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'prefixItems'],
  ...['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'multipleOf'],
]);

/** Tells whether the limits of a reader, beside its type, accept everything within those of a writer of that type. */
export function limitsFit(written: JsonSchemaObject, read: JsonSchemaObject): boolean {
  return (
    LOWER.every(keyword => numberOf(read, keyword, 0) <= numberOf(written, keyword, 0)) &&
    UPPER.every(keyword => numberOf(read, keyword, Infinity) >= numberOf(written, keyword, Infinity)) &&
    boundFits(written, read, 'minimum', 'exclusiveMinimum', -1) &&
    boundFits(written, read, 'maximum', 'exclusiveMaximum', 1) &&
    stepFits(written, read) &&
    Object.keys(read).every(
      keyword => COMPARED.has(keyword) || canonical(read[keyword]) === canonical(written[keyword]),
    )
  );
}

const numberOf = (schema: JsonSchemaObject, keyword: string, otherwise: number): number =>
  typeof schema[keyword] === 'number' ? schema[keyword] : otherwise;

/** `side` is 1 for upper bounds, and -1 for lower ones, which are upper bounds of the negated number. */
function boundFits(written: JsonSchemaObject, read: JsonSchemaObject, keyword: string, beyond: string, side: number) {
  const bound = (schema: JsonSchemaObject): [number, boolean] => {
    const [with_, without] = [
      numberOf(schema, keyword, side * Infinity) * side,
      numberOf(schema, beyond, side * Infinity) * side,
    ];
    return without <= with_ && without < Infinity ? [without, false] : [with_, true];
  };
  const [[most, isIn], [allowed, isAllowed]] = [bound(written), bound(read)];
  return most < allowed || (most === allowed && (isAllowed || !isIn));
}

function stepFits(written: JsonSchemaObject, read: JsonSchemaObject): boolean {
  const step = numberOf(read, 'multipleOf', 0);
  if (step === 0) return true;
  return numberOf(written, 'multipleOf', written.type === 'integer' ? 1 : 0) % step === 0 && 'multipleOf' in written;
}

/** Tells whether a schema accepts one value. What it does not understand, it does not accept. */
export function valueFits(value: unknown, read: JsonSchemaObject): boolean {
  if (read.enum) return read.enum.some(each => canonical(each) === canonical(value));
  if (typeof value === 'string')
    return (
      read.type === 'string' && limitsFit({ type: 'string', minLength: value.length, maxLength: value.length }, read)
    );
  if (typeof value === 'number') {
    const type = Number.isInteger(value) ? 'integer' : 'number';
    if (read.type !== 'number' && read.type !== type) return false;
    return !('multipleOf' in read) && limitsFit({ type, minimum: value, maximum: value }, read);
  }
  return value === null && read.type === 'null';
}
