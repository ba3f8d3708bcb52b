import {
  EventualityError,
  errorMessage,
  isName,
  MAX_NAME_LENGTH,
  type RecordedEvent,
  shownText,
  shownWithType,
} from '../../messages';
import type { EventProcessorDefinition, SequenceRule } from './definition';

/** Thrown when `sequenceBy` returns no valid key for an event. The event is parked with the events of its aggregate. */
export class InvalidSequenceError extends EventualityError {
  readonly code = 'INVALID_SEQUENCE';

  constructor(projection: string, event: RecordedEvent, gave: string) {
    super(
      `sequenceBy of '${shownText(projection)}' ${gave} for ${shownText(event.name)} at ` +
        `position ${event.position}; it must return text of 1 to ${MAX_NAME_LENGTH} characters without NUL.`,
    );
  }
}

/** The key of an event's sequence, and the fault if there is none. */
export interface Sequence {
  readonly key: string;
  readonly fault: InvalidSequenceError | undefined;
}

/** Finds the sequence of an event. */
export type Sequencer = (event: RecordedEvent) => Sequence;

/** Returns the rule that assigns events to the segments of a definition, as it is stored. */
export const sequenceByOf = ({ options: { sequenceBy = 'aggregate' } }: EventProcessorDefinition): string =>
  typeof sequenceBy === 'string' ? sequenceBy : sequenceBy.key;

/** Returns the function that finds the sequences of a definition. */
export const sequencer = (definition: EventProcessorDefinition): Sequencer =>
  knownSequencer(definition, sequenceByOf(definition))!;

/** Returns the function that finds sequences by a stored rule; undefined if this code does not know the rule. */
export function knownSequencer({ name, options }: EventProcessorDefinition, stored: string): Sequencer | undefined {
  const { sequenceBy } = options;
  if (stored === 'all') return () => ({ key: 'all', fault: undefined });
  if (stored === 'aggregate') return event => ({ key: aggregateKey(event), fault: undefined });
  return typeof sequenceBy === 'object' && sequenceBy.key === stored ? byRule(name, sequenceBy) : undefined;
}

function byRule(name: string, rule: SequenceRule): Sequencer {
  return event => {
    let gave: string;
    try {
      const value: unknown = rule.of(event);
      if (isName(value)) return { key: value as string, fault: undefined };
      gave = `returned ${shownWithType(value)}`;
    } catch (error) {
      gave = `threw an error (${errorMessage(error)})`;
    }
    return { key: aggregateKey(event), fault: new InvalidSequenceError(name, event, gave) };
  };
}

/**
 * A name of 255 characters and an id of 255 would make a longer key than a store takes; then digits of its hash replace
 * the rest.
 */
export function aggregateKey({ aggregateName, aggregateId }: RecordedEvent): string {
  const key = `${aggregateName}/${aggregateId}`;
  if (key.length <= MAX_NAME_LENGTH) return key;
  // Half of a surrogate pair could not be stored.
  const end = isHighSurrogate(key.charCodeAt(KEPT - 1)) ? KEPT - 1 : KEPT;
  return `${key.slice(0, end)}#${hashOf(key).toString(16).padStart(8, '0')}`;
}

/** How many characters of a key that is too long are kept. */
const KEPT = MAX_NAME_LENGTH - '#00000000'.length;

const isHighSurrogate = (unit: number): boolean => unit >> 10 === 0x36;

/** Returns the segment of a sequence. It must never change: the segments of a version rely on it. */
export const segmentOf = (key: string, segments: number): number => (segments === 1 ? 0 : hashOf(key) % segments);

/** FNV-1a, 32 bits, over UTF-16 code units. Source: Fowler, Noll, Vo, draft-eastlake-fnv. */
export function hashOf(key: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) value = Math.imul(value ^ key.charCodeAt(index), 0x01000193);
  // The low bits of FNV depend on the low bits of the key alone: fold the high ones in.
  value ^= value >>> 15;
  return value >>> 0;
}
