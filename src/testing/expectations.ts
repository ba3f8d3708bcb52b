import { AssertionError } from 'node:assert/strict';
import { must, refuseArguments, shownValue } from '../messages';

const anExpectedError = must(
  'a class, a code or a part of its message',
  value => typeof value === 'function' || (typeof value === 'string' && value !== ''),
);

/** Refuses a value that cannot describe an error. @throws InvalidOptionsError */
export const refuseExpectedError = (expected: unknown): void =>
  refuseArguments('thenError', { 'the error': [expected, anExpectedError] });

const anEvent = must(
  'an event: an instance of its class, or a plain one made by Event(...)',
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** Refuses a value that is not an event. @throws InvalidOptionsError */
export const refuseEvents = (what: string, events: readonly unknown[]): void =>
  refuseArguments(what, Object.fromEntries(events.map((event, place) => [`events[${place}]`, [event, anEvent]])));

export type ErrorClass = abstract new (...args: any[]) => unknown;

/**
 * Checks whether the error is the expected one: by its class, its `code`, or a part of its message.
 * @throws AssertionError
 */
export function expectError(
  error: { readonly thrown: unknown } | undefined,
  ledTo: unknown,
  expected: ErrorClass | string,
): void {
  const wanted = typeof expected === 'string' ? `'${expected}'` : expected.name;
  if (error === undefined) {
    throw new AssertionError({
      message: `Expected the error ${wanted}, but it led to ${JSON.stringify(ledTo)}.`,
      actual: ledTo,
      expected: wanted,
    });
  }
  if (!isError(error.thrown, expected)) {
    throw new AssertionError({
      message: `Expected the error ${wanted}, but it threw ${textOf(error.thrown)}`,
      actual: error.thrown,
      expected: wanted,
    });
  }
}

/** Refuses an error if something else was expected; the error is the cause. @throws AssertionError */
export function expectNoError(
  error: { readonly thrown: unknown } | undefined,
  expected: unknown,
  wanted: string,
): void {
  if (error === undefined) return;
  const { thrown } = error;
  const failure = new AssertionError({
    message: `Expected ${wanted}, but it threw ${textOf(thrown)}`,
    actual: thrown,
    expected,
  });
  Object.defineProperty(failure, 'cause', { value: thrown, configurable: true, writable: true });
  throw failure;
}

/** An `await` that comes too early calls `then` with its continuations; the second one receives the complaint. */
export function tookContinuations(given: readonly unknown[], complaint: string): boolean {
  if (given.length === 0 || !given.every(each => typeof each === 'function')) return false;
  (given[1] as (error: Error) => void)(new TypeError(complaint));
  return true;
}

/** Returns data as it is stored: plain, and without its class. */
export const copied = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value));

function isError(thrown: unknown, expected: ErrorClass | string): boolean {
  try {
    if (typeof expected === 'function') return thrown instanceof expected;
    const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown };
    return code === expected || (typeof message === 'string' && message.includes(expected));
  } catch {
    // A value whose getters throw is not what was expected.
    return false;
  }
}

/** Returns the text of a thrown value. Anything can be thrown, even a value without a text. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return shownValue(thrown);
  }
}
