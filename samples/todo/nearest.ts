/** Returns the known word nearest to the one typed, or nothing when none is near: more than two letters, or half of them, differ. */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  const [best] = [...known].map(word => ({ word, distance: distance(typed, word) })).sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.min(2, best.word.length / 2) ? best.word : undefined;
}

/** Counts the letters to insert, remove or replace (Levenshtein's distance). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[to.length]!;
}
