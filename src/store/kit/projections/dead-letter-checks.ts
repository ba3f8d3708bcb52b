import { isName, MAX_NAME_LENGTH, shownValue, shownWithType } from '../../../messages';
import type { AnsweredRetry, DeadLetterChanges, NewDeadLetter } from '../../ports/dead-letters';
import { logPage } from '../events/page-checks';
import { storedNote } from './stored-note';

const MAX_POSITION = 2n ** 63n - 1n;
const MAX_ATTEMPTS = 2 ** 31 - 1;
const DEFAULT_PAGE_LETTERS = 100;

/** Adds the faults of a commit's letters to its faults. */
export function checkDeadLetters(
  { park = [], unpark = [], retried, answers }: DeadLetterChanges,
  faults: string[],
): void {
  if (!Array.isArray(park)) faults.push(`park is ${shownValue(park)}; it must be a list.`);
  else for (const [place, letter] of park.entries()) checkLetter(letter, `park[${place}]`, faults);
  if (!Array.isArray(unpark)) faults.push(`unpark is ${shownValue(unpark)}; it must be a list.`);
  else for (const [place, position] of unpark.entries()) checkPosition(position, `unpark[${place}]`, faults);
  if (retried !== undefined) checkPosition(retried, 'retried', faults);
  if (answers !== undefined) checkAnswers(answers, faults);
}

function checkLetter({ sequence, position, error, attempts }: NewDeadLetter, path: string, faults: string[]): void {
  if (!isName(sequence)) {
    faults.push(
      `${path}.sequence is ${shownValue(sequence)}; it must be text of 1 to ${MAX_NAME_LENGTH} characters without NUL.`,
    );
  }
  checkPosition(position, `${path}.position`, faults);
  if (error !== undefined && typeof error !== 'string')
    faults.push(`${path}.error is ${shownValue(error)}; it must be text, or undefined.`);
  if (!Number.isSafeInteger(attempts) || attempts < 0 || attempts > MAX_ATTEMPTS) {
    faults.push(`${path}.attempts is ${shownValue(attempts)}; it must be an integer from 0 to ${MAX_ATTEMPTS}.`);
  }
}

function checkAnswers(answers: AnsweredRetry, faults: string[]): void {
  if (isName(answers?.sequence) && Number.isSafeInteger(answers.retry) && answers.retry > 0) return;
  faults.push(`answers is ${shownValue(answers)}; it must be { sequence, retry }, as the store has listed them.`);
}

function checkPosition(position: unknown, path: string, faults: string[]): void {
  if (typeof position === 'bigint' && position > 0n && position <= MAX_POSITION) return;
  faults.push(`${path} is ${shownWithType(position)}; it must be a bigint from 1n to ${MAX_POSITION}n.`);
}

/**
 * Returns the letters as they are stored: errors are cut, and characters that no database accepts are replaced. Of
 * several for one position the last one counts.
 */
export function lettersToPark(park: readonly NewDeadLetter[] = []): readonly NewDeadLetter[] {
  const letters = new Map<bigint, NewDeadLetter>();
  for (const { sequence, position, error, attempts } of park) {
    letters.set(position, { sequence, position, error: error && storedNote(error), attempts });
  }
  return [...letters.values()];
}

/**
 * Checks the limits of a page of dead letters and fills in defaults. For store authors. @throws
 * InvalidPageError
 */
export function letterPage(page: { readonly after?: bigint; readonly limit?: number } = {}): {
  after: bigint;
  limit: number;
} {
  return logPage({ after: page.after ?? 0n, limit: page.limit ?? DEFAULT_PAGE_LETTERS });
}
