import type { RecordedEvent } from '../../messages';
import type { TakenOverSegments } from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import { knownSequencer, type Sequencer, segmentOf } from '../definition/sequence';
import { SequenceByChangedError } from '../event-processor-errors';

/** The segments of an earlier version, and the rule that finds the segment of an event. */
interface Earlier {
  readonly positions: readonly bigint[];
  /** They have handled nothing beyond it. */
  readonly furthest: bigint;
  readonly sequenceOf: Sequencer;
}

/**
 * Knows which events the segments of earlier versions have handled or parked. A version that takes over starts where
 * the slowest of them was, and skips those events.
 */
export class EarlierSegments {
  readonly #earlier: readonly Earlier[];
  readonly #furthest: bigint;

  /** @throws SequenceByChangedError */
  constructor(definition: EventProcessorDefinition, takenOver: readonly TakenOverSegments[]) {
    refuseUnknown(definition, takenOver);
    this.#earlier = takenOver.map(({ sequenceBy, positions }) => ({
      positions,
      furthest: furthestOf(positions),
      // With one segment it does not matter which events belong together.
      sequenceOf: knownSequencer(definition, sequenceBy) ?? knownSequencer(definition, 'all')!,
    }));
    this.#furthest = furthestOf(this.#earlier.map(({ furthest }) => furthest));
  }

  have(event: RecordedEvent): boolean {
    if (event.position > this.#furthest) return false;
    return this.#earlier.some(({ positions, furthest, sequenceOf }) => {
      if (event.position > furthest) return false;
      return event.position <= positions[segmentOf(sequenceOf(event).key, positions.length)]!;
    });
  }
}

/** Refuses segments for which this code cannot tell which events they have handled. @throws SequenceByChangedError */
export function refuseUnknown(definition: EventProcessorDefinition, takenOver: readonly TakenOverSegments[]): void {
  const unknown = takenOver.find(each => each.positions.length > 1 && !knownSequencer(definition, each.sequenceBy));
  if (unknown) throw new SequenceByChangedError(definition.name, unknown.sequenceBy);
}

/** Returns those that have handled events beyond a position; a version that starts there needs them. */
export const neededFrom = (start: bigint, takenOver: readonly TakenOverSegments[]): readonly TakenOverSegments[] =>
  takenOver.filter(({ positions }) => furthestOf(positions) > start);

const furthestOf = (positions: readonly bigint[]): bigint =>
  positions.reduce((most, each) => (each > most ? each : most), 0n);
