/**
 * Returns the known name nearest to the one asked for, the first of several that are equally near, or `undefined` when none is near: when
 * more than a third of its letters, and more than two, would have to be inserted, removed or replaced. Upper and lower case are the same.
 *
 * @example nearest('compelte', ['add', 'complete']) // 'complete'
 */
export function nearest(asked: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(asked.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(asked.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Says which names are known and which of them was probably meant, as a sentence for an error message. */
export function knownNames(asked: string, known: Iterable<string>): string {
  const names = [...known].sort();
  const meant = nearest(asked, names);
  const listing = names.length === 0 ? 'None is known.' : `Known: ${names.join(', ')}.`;
  return meant === undefined ? listing : `Did you mean '${meant}'? ${listing}`;
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
