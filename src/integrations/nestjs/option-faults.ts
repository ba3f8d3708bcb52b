import { InvalidOptionsError } from '../../errors';
import { DEFAULT } from './tokens';

/** @throws InvalidOptionsError for options that are no object */
export function refuseNoObject(what: string, given: unknown): void {
  if (typeof given !== 'object' || given === null)
    throw new InvalidOptionsError(what, [`the options are ${shown(given)}; give an object.`]);
}

/** Returns the name of a flow, by default that without a name of its own. @throws InvalidOptionsError */
export function flowNameOf(what: string, option: string, name: unknown = DEFAULT): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new InvalidOptionsError(what, [`${option} is ${shown(name)}; it must be text.`]);
}

/** @param contents what to list, in words @throws InvalidOptionsError for what is no list, or has undefined in it */
export function refuseNoList(what: string, list: readonly unknown[], contents: string): void {
  if (!Array.isArray(list))
    throw new InvalidOptionsError(what, [
      `the list is ${list === undefined ? 'missing' : 'no array'}; give one with ${contents}.`,
    ]);
  const faults = list.flatMap((each, index) =>
    each === undefined || each === null
      ? [`list[${index}] is ${each}. If it is imported, its file and this one import each other.`]
      : [],
  );
  if (faults.length > 0) throw new InvalidOptionsError(what, faults);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty' : `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
