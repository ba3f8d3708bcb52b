import { shownText } from './shown';

const MAX_REASON_SHOWN = 1000;

/**
 * Returns the text of a thrown value, with its stack if it has one. Anything can be thrown, even a value without a
 * text.
 */
export function formatError(error: unknown): string {
  return textOf(error, 'stack');
}

/** Returns the message of a thrown value. */
export function errorMessage(error: unknown): string {
  return textOf(error, 'message');
}

/** Returns the message of a thrown value for the end of a sentence: cut, escaped, and without a full stop. */
export const reasonOf = (error: unknown): string => shownText(errorMessage(error), MAX_REASON_SHOWN).replace(/\.$/, '');

/** Does not check the class: an error may be of another realm. */
function textOf(error: unknown, field: 'stack' | 'message'): string {
  try {
    const own = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;
    return (typeof own === 'string' ? own : String(error)) || 'an error without text';
  } catch {
    return 'something that has no text';
  }
}
