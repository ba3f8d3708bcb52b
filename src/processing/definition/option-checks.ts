import {
  aName,
  aPosition,
  argumentFaults,
  aSignal,
  aTimeout,
  aVersion,
  InvalidOptionsError,
  integer,
  listOf,
  must,
  type OptionChecks,
  optionFaults,
  refuseArguments,
  refuseOptions,
  shownValue,
} from '../../messages';
import { PAGE_LIMIT, type ReadModelVersion } from '../../store';
import type { EventProcessor } from '../status/status';

type WaitOptions = NonNullable<Parameters<EventProcessor['waitFor']>[1]>;
/** The processors to wait for, and the time limit. */
type NamedWaitOptions = WaitOptions & { readonly processors?: readonly string[] };
export type LettersPage = NonNullable<Parameters<EventProcessor['deadLetters']>[0]>;
export type Discarded = NonNullable<Parameters<EventProcessor['discard']>[0]>;

const WAIT: OptionChecks<WaitOptions> = { timeout: aTimeout, signal: aSignal };
const NAMED_WAIT: OptionChecks<NamedWaitOptions> = {
  processors: listOf(
    'names',
    must('the name of a projection or reactor', value => typeof value === 'string'),
  ),
  ...WAIT,
};
const TIME_LIMIT: OptionChecks<{ readonly timeout?: number }> = { timeout: aTimeout };
const LETTERS: OptionChecks<LettersPage> = {
  sequence: aName,
  after: aPosition,
  limit: integer(1, PAGE_LIMIT),
  version: aVersion,
};
const DISCARDED: OptionChecks<Discarded> = { sequence: aName, position: aPosition, version: aVersion };

/** @throws InvalidOptionsError */
export const refuseWait = (position: bigint, given: WaitOptions): void =>
  refuseFaults('waitFor', [...argumentFaults({ position: [position, aPosition] }), ...optionFaults(given, WAIT)]);

/** @throws InvalidOptionsError */
export const refuseNamedWait = (position: bigint, given: NamedWaitOptions): void =>
  refuseFaults('waitFor', [...argumentFaults({ position: [position, aPosition] }), ...optionFaults(given, NAMED_WAIT)]);

/** @throws InvalidOptionsError */
export const refuseSettled = (given: WaitOptions): void => refuseOptions('settled', given, WAIT);

function refuseFaults(what: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new InvalidOptionsError(what, faults);
}

/** @throws InvalidOptionsError */
export const refuseTimeLimit = (what: string, given: { readonly timeout?: number }): void =>
  refuseOptions(what, given, TIME_LIMIT);

/** @throws InvalidOptionsError */
export const refuseLettersPage = (page: LettersPage | undefined): void => refuseOptions('deadLetters', page, LETTERS);

/** A mistyped key would discard everything. @throws InvalidOptionsError */
export const refuseDiscarded = (which: Discarded | undefined): void => refuseOptions('discard', which, DISCARDED);

/** A mistyped sequence would match nothing, without an error. @throws InvalidOptionsError */
export function refuseSequence(sequence: string | undefined): void {
  if (sequence !== undefined) refuseArguments('retry', { sequence: [sequence, aName] });
}

/** For functions without options, to which options might seem to matter. @throws InvalidOptionsError */
export function refuseAny(what: string, given: readonly unknown[]): void {
  if (given.length > 0 && given[0] !== undefined)
    throw new InvalidOptionsError(what, [`it takes no argument, and got ${shownValue(given[0])}. Leave it out.`]);
}

/** @throws InvalidOptionsError for a version that does not exist, or no longer exists */
export function refuseUnknownVersion(what: string, version: number, known: readonly ReadModelVersion[]): void {
  if (known.some(each => each.version === version)) return;
  const stored = known.length === 0 ? 'none is yet' : known.map(each => each.version).join(', ');
  throw new InvalidOptionsError(what, [`version is ${version}; it must be one that is stored: ${stored}.`]);
}
