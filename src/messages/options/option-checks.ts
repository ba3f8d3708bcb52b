import type { RetryRule } from '../../concurrency';
import { shownText, shownValue } from '../faults/shown';
import { isName, NAMES } from '../names/name-text';
import { isPlainObject } from '../sealing/plain-object';
import { type Check, must, type OptionChecks, options } from './options';

/** Returns a check of an integer; without `most`, of any safe integer. */
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  must(
    `an integer from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
    value => Number.isSafeInteger(value) && value >= least && value <= most,
  );

/** Returns a check of one of several texts. */
export function oneOf(...values: readonly string[]): Check {
  const quoted = values.map(value => `'${value}'`);
  return must(`${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`, value => values.includes(value));
}

/** Returns a check of an object by the methods that it must have; `fix` says where to get one. */
export const withMethods =
  (methods: readonly string[], fix: string): Check =>
  (value, path, faults) => {
    for (const method of methods)
      if (typeof (value as Record<string, unknown> | null | undefined)?.[method] !== 'function')
        faults.push(`${path} has no method ${method}; ${fix}.`);
  };

/** Returns a check of each item of a list. */
export const listOf =
  (what: string, item: Check): Check =>
  (value, path, faults) => {
    if (!Array.isArray(value))
      return void faults.push(`${path} is ${shownValue(value)}; it must be a list of ${what}.`);
    for (let index = 0; index < value.length; index++) item(value[index], `${path}[${index}]`, faults);
  };

/** Returns a check of each value of an object whose keys are names; `pathOf` says how a fault names one of them. */
export const mapOf =
  (
    what: string,
    item: Check,
    pathOf: (path: string, name: string) => string = (path, name) => `${path}.${name}`,
  ): Check =>
  (value, path, faults) => {
    if (!isPlainObject(value))
      return void faults.push(`${path} is ${shownValue(value)}; it must be an object of ${what} by name.`);
    for (const [name, each] of Object.entries(value as object)) item(each, pathOf(path, shownText(name)), faults);
  };

/** Returns a check that passes if one of several does; otherwise the faults are those of the last. */
export const either =
  (holds: (value: unknown) => boolean, otherwise: Check): Check =>
  (value, path, faults) => {
    if (!holds(value)) otherwise(value, path, faults);
  };

/** Checks nothing: the part that receives the option checks it. */
export const checkedElsewhere: Check = () => undefined;

/** A version, of an event's shape, a snapshot's or a projection's: a column of PostgreSQL holds no higher one. */
export const aVersion = integer(1, 2 ** 31 - 1);

export const isFunction = (value: unknown): value is (...args: any[]) => unknown => typeof value === 'function';

export const aFunction = must('a function', isFunction);
export const aBoolean = must('true or false', value => typeof value === 'boolean');
export const aName = must(NAMES, isName);
/** A name under which something may be stored; no store keeps longer texts. */
export const anId = must('text of one character at least', value => typeof value === 'string' && value !== '');
/** For timers, which would treat an infinite time as none. */
export const aDelay = must('milliseconds from 0', value => Number.isFinite(value) && value >= 0);
/** For times of waiting or keeping; Infinity means no limit. */
export const aTimeout = must('milliseconds from 0, or Infinity', value => typeof value === 'number' && value >= 0);
const RETRY: OptionChecks<RetryRule> = { attempts: integer(1), delay: aDelay, maxDelay: aDelay };

/** How a failed operation is retried. */
export const aRetry = options(RETRY);
export const aPosition = must('a bigint from 0n', value => typeof value === 'bigint' && value >= 0n);
export const aClock = withMethods(['now'], 'give a clock, an object with a method now, such as systemClock');
export const aLogger = withMethods(['error', 'warn'], 'give a logger, such as console');
export const aSignal = must(
  'an AbortSignal',
  value => typeof value?.aborted === 'boolean' && isFunction(value.addEventListener),
);
/** Which metadata entries of its cause a message inherits. */
export const inheritedNames = must(
  "true, false, or a list of the entries' names",
  value => typeof value === 'boolean' || (Array.isArray(value) && value.every(entry => typeof entry === 'string')),
);
/**
 * Entries for the metadata of events: a map, or an instance of a class, would lose what it holds outside of its fields.
 */
export const metadataEntries = must("an object of entries, such as { actor: 'ann' }", isPlainObject);
