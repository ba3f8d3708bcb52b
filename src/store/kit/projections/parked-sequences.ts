import type { DeadLetter, ParkedSequence } from '../../ports/dead-letters';

/**
 * Groups dead letters, which are in the order of their positions, by sequence. `retryOf` says which request to try a
 * sequence again has not been answered. For store authors.
 */
export function parkedSequences(
  letters: Iterable<DeadLetter>,
  retryOf: (sequence: string) => number | undefined,
): readonly ParkedSequence[] {
  const sequences = new Map<string, ParkedSequence>();
  for (const { sequence, segment, position, error } of letters) {
    const known = sequences.get(sequence);
    const now = known
      ? { ...known, events: known.events + 1 }
      : { sequence, segment, events: 1, position, error, retry: retryOf(sequence) };
    sequences.set(sequence, now);
  }
  return [...sequences.values()];
}
