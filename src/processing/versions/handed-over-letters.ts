import type { DeadLetter, EventStore, NewDeadLetter, ProjectionStore, ReadModelVersion } from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import { segmentOf, sequenceByOf, sequencer } from '../definition/sequence';
import type { VersionShape } from './version-shape';

const PAGE_LETTERS = 1000;

/** Dead letters, by the segment that receives them. */
export type HandedOverLetters = ReadonlyMap<number, readonly NewDeadLetter[]>;

interface Sources {
  readonly store: ProjectionStore;
  readonly events: Pick<EventStore, 'readAll'>;
  readonly definition: EventProcessorDefinition;
}

/** Returns the dead letters of one version as those of another, with the sequences that its rule assigns. */
export async function lettersToHandOver(
  sources: Sources,
  from: ReadModelVersion,
  to: VersionShape,
): Promise<HandedOverLetters> {
  const { store } = sources;
  const parked = { projection: to.name, version: from.version };
  const wanted = new Set(
    (await store.deadLetters.sequences(parked)).flatMap(({ sequence, retry }) =>
      retry === undefined ? [] : [sequence],
    ),
  );
  const bySegment = new Map<number, NewDeadLetter[]>();
  for (let after = 0n; ; ) {
    const letters = await store.deadLetters.list(parked, { after, limit: PAGE_LETTERS });
    for (const letter of letters) {
      const sequence = await sequenceOf(sources, letter, from);
      if (sequence === undefined) continue;
      const { position, error, attempts } = letter;
      const segment = segmentOf(sequence, to.segments);
      // A sequence for which `retry()` was called starts again with its first attempt.
      const again = wanted.has(letter.sequence) ? 0 : attempts;
      bySegment.set(segment, [...(bySegment.get(segment) ?? []), { sequence, position, error, attempts: again }]);
    }
    if (letters.length < PAGE_LETTERS) return bySegment;
    after = letters.at(-1)!.position;
  }
}

/** Undefined for an event that is no longer in the store: it cannot be retried, so its letter is removed. */
async function sequenceOf(
  sources: Sources,
  { sequence, position }: DeadLetter,
  from: ReadModelVersion,
): Promise<string | undefined> {
  const { definition, events } = sources;
  if (sequenceByOf(definition) === from.sequenceBy) return sequence;
  const [event] = await events.readAll({ after: position - 1n, limit: 1 });
  return event?.position === position ? sequencer(definition)(event).key : undefined;
}
