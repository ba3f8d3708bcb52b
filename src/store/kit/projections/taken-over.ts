import type { TakenOverSegments } from '../../ports/projection-store';

/** Encodes as text: the same for what is the same. For those who write a store. */
export const takenOverText = (takenOver: readonly TakenOverSegments[]): string =>
  JSON.stringify(takenOver.map(({ sequenceBy, positions }) => ({ sequenceBy, positions: positions.map(String) })));

/** Reads what `takenOverText` has encoded. For those who write a store. */
export const takenOverOf = (text: string): readonly TakenOverSegments[] =>
  (JSON.parse(text) as { sequenceBy: string; positions: string[] }[]).map(({ sequenceBy, positions }) => ({
    ...{ sequenceBy, positions: positions.map(BigInt) },
  }));
