import type { TakenOverSegments } from '../../ports/read-model-version';

/** Encodes the segments of earlier versions as text, equal for equal segments. For store authors. */
export const takenOverText = (takenOver: readonly TakenOverSegments[]): string =>
  JSON.stringify(takenOver.map(({ sequenceBy, positions }) => ({ sequenceBy, positions: positions.map(String) })));

/** Decodes the text of `takenOverText`. For store authors. */
export const takenOverOf = (text: string): readonly TakenOverSegments[] =>
  (JSON.parse(text) as { sequenceBy: string; positions: string[] }[]).map(({ sequenceBy, positions }) => ({
    ...{ sequenceBy, positions: positions.map(BigInt) },
  }));
