import { shownText } from '../faults/shown';

/**
 * Longer names are not compared: what is asked for comes from outside, and the work grows with the product of the
 * lengths.
 */
const MAX_COMPARED_LENGTH = 64;
const MAX_COMPARED = 1000;
const MAX_LISTED = 30;

/**
 * Returns the known name nearest to a mistyped one, or `undefined` if none is near. Of several equally near names it
 * returns the first. A name is not near if more than a third of its letters, and more than two, would have to be
 * inserted, removed or replaced. Case is ignored. Only names of up to 64 characters and the first 1,000 known names are
 * compared.
 *
 * @example nearest('compelte', ['add', 'complete']) // 'complete'
 */
export function nearest(asked: string, known: Iterable<string>): string | undefined {
  if (asked.length > MAX_COMPARED_LENGTH) return undefined;
  const wanted = asked.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(asked.length / 3)) + 1;
  let compared = 0;
  for (const name of known) {
    if (++compared > MAX_COMPARED) break;
    if (name.length > MAX_COMPARED_LENGTH || Math.abs(name.length - asked.length) >= bestDistance) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/**
 * Says which names are known, the first 30 of them, and which was probably meant, as a sentence for an error message.
 */
export function knownNames(asked: string, known: Iterable<string>): string {
  const names = [...known].sort();
  const meant = nearest(asked, names);
  const listing = names.length === 0 ? 'None is known.' : `Known: ${listOf(names)}.`;
  return meant === undefined ? listing : `Did you mean '${shownText(meant)}'? ${listing}`;
}

function listOf(names: readonly string[]): string {
  const listed = names
    .slice(0, MAX_LISTED)
    .map(name => shownText(name))
    .join(', ');
  return names.length > MAX_LISTED ? `${listed} and ${names.length - MAX_LISTED} more` : listed;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, substitution));
    }
    row = next;
  }
  return row[right.length]!;
}
