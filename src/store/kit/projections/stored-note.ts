const MAX_NOTE_LENGTH = 4000;

/**
 * Returns the text of an error, or another note, as every store can keep it: cut to 4,000 characters, without NUL and
 * halves of surrogate pairs.
 */
export const storedNote = (note: string): string =>
  note.slice(0, MAX_NOTE_LENGTH).replaceAll('\0', '\ufffd').toWellFormed();
