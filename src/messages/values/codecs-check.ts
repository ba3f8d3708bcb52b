import { shownValue } from '../faults/shown';
import type { Check } from '../options/options';
import { isPlainObject } from '../sealing/plain-object';

const WORDS = 'a codec { encode, decode }, [codec] for a list, or an object of codecs by field';

/** Checks the option `codecs`. */
export const someCodecs: Check = (value, path, faults) => {
  if (!isPlainObject(value)) return void faults.push(`${path} is ${shownValue(value)}; it must be codecs by field.`);
  for (const [field, codec] of Object.entries(value as object)) aFieldCodec(codec, `${path}.${field}`, faults);
};

const aFieldCodec: Check = (value, path, faults) => {
  if (Array.isArray(value)) {
    if (value.length === 1) return aFieldCodec(value[0], `${path}[0]`, faults);
    return void faults.push(`${path} is a list of ${value.length}; it must be ${WORDS}.`);
  }
  const { encode, decode } = (value ?? {}) as { encode?: unknown; decode?: unknown };
  if (typeof encode === 'function' && typeof decode === 'function') return;
  if (!isPlainObject(value)) return void faults.push(`${path} is ${shownValue(value)}; it must be ${WORDS}.`);
  someCodecs(value, path, faults);
};
