import {
  aName,
  aPosition,
  aSignal,
  aTimeout,
  aVersion,
  checkedElsewhere,
  InvalidOptionsError,
  listOf,
  must,
  type OptionChecks,
  optionFaults,
  refuseOptions,
} from '../../messages';
import type { EventProcessor } from '../status/status';

type WaitOptions = NonNullable<Parameters<EventProcessor['waitFor']>[1]> & { readonly processors?: readonly string[] };
export type LettersPage = NonNullable<Parameters<EventProcessor['deadLetters']>[0]>;
export type Discarded = NonNullable<Parameters<EventProcessor['discard']>[0]>;

const WAIT: OptionChecks<WaitOptions> = {
  processors: listOf(
    'names',
    must('the name of a projection', value => typeof value === 'string'),
  ),
  timeout: aTimeout,
  signal: aSignal,
};
const TIME_LIMIT: OptionChecks<{ readonly timeout?: number }> = { timeout: aTimeout };
const LETTERS: OptionChecks<LettersPage> = {
  sequence: aName,
  after: checkedElsewhere,
  limit: checkedElsewhere,
  version: aVersion,
};
const DISCARDED: OptionChecks<Discarded> = { sequence: aName, position: aPosition, version: aVersion };

/** @throws InvalidOptionsError */
export function refuseWait(position: bigint, given: WaitOptions): void {
  const faults = optionFaults(given, WAIT);
  aPosition(position, 'position', faults);
  if (faults.length > 0) throw new InvalidOptionsError('waitFor', faults);
}

/** @throws InvalidOptionsError */
export const refuseTimeLimit = (what: string, given: { readonly timeout?: number }): void =>
  refuseOptions(what, given, TIME_LIMIT);

/** The numbers are the store's to check. @throws InvalidOptionsError */
export const refuseLettersPage = (page: LettersPage | undefined): void => refuseOptions('deadLetters', page, LETTERS);

/** A key that is mistyped would discard all. @throws InvalidOptionsError */
export const refuseDiscarded = (which: Discarded | undefined): void => refuseOptions('discard', which, DISCARDED);
