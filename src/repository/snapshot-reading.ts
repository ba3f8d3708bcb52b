/** No JSON text starts with it. */
const MARK = '#';

/**
 * Returns what is stored of a snapshot: how its events were read comes before its text, in a line of its own, unless
 * they were read as they are stored.
 */
export const withReading = (text: string, reading: string): string =>
  reading === '' ? text : `${MARK}${reading}\n${text}`;

/** Returns how the events of a stored snapshot were read, and its text. */
export function splitReading(stored: string): { readonly reading: string; readonly text: string } {
  const end = stored.startsWith(MARK) ? stored.indexOf('\n') : -1;
  if (end < 0) return { reading: '', text: stored };
  return { reading: stored.slice(MARK.length, end), text: stored.slice(end + 1) };
}
