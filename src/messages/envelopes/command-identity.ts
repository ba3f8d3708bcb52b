import { hash } from 'node:crypto';
import { messageName } from '../names/names';
import { contentOf, isPlainMessage } from './command';

/**
 * Returns a digest of a command: its durable name and its content. It is the same for an instance of its class and for
 * the plain message with the same data, for any order of keys, and in every process. Dates, bigints, maps, sets and
 * bytes count by their value; functions do not count.
 */
export function commandFingerprint(name: string, content: object): string {
  return hash('sha256', `${name}\0${canonical(content, [])}`, 'base64url');
}

/** As {@link commandFingerprint}, for a message without an envelope. @throws UnnamedMessageError */
export function messageFingerprint(message: object): string {
  const name = isPlainMessage(message) ? message.name : messageName(message.constructor as new () => object);
  return commandFingerprint(name, contentOf(message));
}

/** Encodes a value as text: equal texts for equal values, and different texts for different ones. */
function canonical(value: unknown, within: readonly object[]): string {
  switch (typeof value) {
    case 'object':
      return value === null ? 'null' : canonicalObject(value, within);
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return String(value);
    default:
      return typeof value === 'boolean' ? String(value) : `<${typeof value}>`;
  }
}

function canonicalObject(object: object, within: readonly object[]): string {
  const place = within.indexOf(object);
  if (place >= 0) return `<level ${place}>`;
  const deeper = [...within, object];
  if (object instanceof Date) return `<date ${object.getTime()}>`;
  if (object instanceof ArrayBuffer) return `<bytes ${Buffer.from(object).toString('hex')}>`;
  if (ArrayBuffer.isView(object))
    return `<bytes ${Buffer.from(object.buffer, object.byteOffset, object.byteLength).toString('hex')}>`;
  if (object instanceof Map || object instanceof Set) {
    const entries = [...object].map(entry => canonical(entry, deeper)).sort();
    return `<${object instanceof Map ? 'map' : 'set'} ${entries.join(',')}>`;
  }
  if (Array.isArray(object)) return `[${Array.from(object, item => canonical(item, deeper)).join(',')}]`;
  if (object instanceof RegExp) return `<${object}>`;
  const { toJSON } = object as { toJSON?: unknown };
  const json = typeof toJSON === 'function' ? toJSON.call(object) : object;
  if (json !== object) return canonical(json, deeper);
  const entries = Object.keys(object)
    .sort()
    .flatMap(key => entryOf(key, (object as Record<string, unknown>)[key], deeper));
  return `{${entries.join(',')}}`;
}

/** As in JSON, undefined values and functions are not part of the content. */
function entryOf(key: string, value: unknown, within: readonly object[]): string[] {
  return value === undefined || typeof value === 'function'
    ? []
    : [`${JSON.stringify(key)}:${canonical(value, within)}`];
}
