import { EventualityError, listed } from '../faults/errors';
import { shownText, shownValue } from '../faults/shown';
import { knownNames } from '../names/suggestion';
import { isPlainObject } from '../sealing/plain-object';

/** Thrown when a function of the framework receives invalid options or arguments; `faults` lists all mistakes. */
export class InvalidOptionsError extends EventualityError {
  readonly code = 'INVALID_OPTIONS';

  constructor(
    /** The function, such as `dispatch`. */
    readonly what: string,
    readonly faults: readonly string[],
  ) {
    super(`${what} received invalid options or arguments: ${listed(faults)}`);
  }
}

/** Checks the value at a path, such as `cache.max`, and adds its faults as sentences. */
export interface Check {
  (value: unknown, path: string, faults: string[]): void;
  /** True when the option must be given. */
  readonly needed?: true;
}

/** A check for each option of a type; a missing one does not compile. */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: Check };

/** Creates a check from a condition and the words for it: `must('true or false', isBoolean)`. */
export const must =
  (words: string, holds: (value: any) => boolean): Check =>
  (value, path, faults) => {
    if (!holds(value)) faults.push(`${path} is ${shownValue(value)}; it must be ${words}.`);
  };

/** Makes an option required; without this it may be left out. */
export const needed = (check: Check): Check =>
  Object.assign<Check, { needed: true }>((...args) => check(...args), { needed: true });

/** Creates a check of an object with options of its own; `words` say what else it may be. */
export const options =
  <Options>(checks: OptionChecks<Options>, words = 'an object of options'): Check =>
  (value, path, faults) =>
    checkOptions(value, checks, path, faults, words);

/** Returns the faults of an object of options, as sentences; `path` names it if it is itself an option. */
export function optionFaults<Options>(given: unknown, checks: OptionChecks<Options>, path = ''): string[] {
  const faults: string[] = [];
  checkOptions(given, checks, path, faults);
  return faults;
}

/**
 * Refuses invalid options with all faults, for functions without an error class of their own.
 * @throws InvalidOptionsError
 */
export function refuseOptions<Options>(what: string, given: Options | undefined, checks: OptionChecks<Options>): void {
  if (given === undefined) return;
  const faults = optionFaults(given, checks);
  if (faults.length > 0) throw new InvalidOptionsError(what, faults);
}

/** Arguments by their names, each with its check. */
export type CheckedArguments = Readonly<Record<string, readonly [value: unknown, check: Check]>>;

/** Returns the faults of arguments, as sentences. */
export function argumentFaults(given: CheckedArguments): string[] {
  const faults: string[] = [];
  for (const [name, [value, check]] of Object.entries(given)) check(value, name, faults);
  return faults;
}

/**
 * Refuses invalid arguments with all faults: each is given by its name, with its check.
 * @example refuseArguments('retry', { sequence: [sequence, aName] })
 * @throws InvalidOptionsError
 */
export function refuseArguments(what: string, given: CheckedArguments): void {
  const faults = argumentFaults(given);
  if (faults.length > 0) throw new InvalidOptionsError(what, faults);
}

function checkOptions<Options>(
  given: unknown,
  checks: OptionChecks<Options>,
  path: string,
  faults: string[],
  words = '',
): void {
  if (!isOptions(given)) {
    const problem =
      path === ''
        ? `the options are ${shownValue(given)}; they must be an object`
        : `${path} is ${shownValue(given)}; it must be ${words}`;
    faults.push(`${problem}.`);
    return;
  }
  for (const name in checks) {
    const check = checks[name];
    const value = given[name];
    if (value !== undefined || check.needed) check(value, path === '' ? name : `${path}.${name}`, faults);
  }
  if (isPlainObject(given))
    for (const name of Object.keys(given))
      if (!Object.hasOwn(checks, name)) faults.push(unknownOption(name, checks, path));
}

const unknownOption = (name: string, checks: object, path: string): string =>
  `'${shownText(name)}' is not an option${path === '' ? '' : ` of ${path}`}. ${knownNames(name, Object.keys(checks))}`;

/** Values that are passed as options by mistake: they have no known keys, so every option would count as left out. */
const BUILT_IN = /^\[object (Map|Set|WeakMap|WeakSet|Date|RegExp|Promise|Error|String|Number|Boolean)\]$/;

function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isPlainObject(value) || !BUILT_IN.test(Object.prototype.toString.call(value));
}
