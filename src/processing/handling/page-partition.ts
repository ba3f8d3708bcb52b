import type { RecordedEvent } from '../../messages';
import type { ReadModelVersion } from '../../store';
import { type Sequence, segmentOf, sequencer } from '../definition/sequence';
import { EarlierSegments } from '../versions/earlier-segments';
import type { HandledEvent, HandlerInvoker } from './handler-invoker';

/** An event that a segment handles. */
export interface OwnEvent extends HandledEvent {
  readonly sequence: Sequence;
}

const NONE: readonly OwnEvent[] = [];

/**
 * Assigns the events of pages to the segments of a version. Each page is divided once, for all segments of the version
 * that this process owns.
 */
export class PagePartition {
  /** Finds the sequence of an event. */
  readonly sequenceOf: (event: RecordedEvent) => Sequence;
  readonly #earlier: EarlierSegments | undefined;
  readonly #pages = new WeakMap<readonly RecordedEvent[], ReadonlyMap<number, readonly OwnEvent[]>>();

  /** @throws SequenceByChangedError */
  constructor(
    private readonly handling: HandlerInvoker,
    private readonly version: Pick<ReadModelVersion, 'segments' | 'replayUntil' | 'takenOver'>,
  ) {
    const { takenOver } = version;
    this.sequenceOf = sequencer(handling.definition);
    this.#earlier = takenOver.length > 0 ? new EarlierSegments(handling.definition, takenOver) : undefined;
  }

  /** Returns the events of a page that a segment handles, in order. */
  own(page: readonly RecordedEvent[], segment: number): readonly OwnEvent[] {
    let divided = this.#pages.get(page);
    if (!divided) {
      divided = this.#divided(page);
      this.#pages.set(page, divided);
    }
    return divided.get(segment) ?? NONE;
  }

  #divided(page: readonly RecordedEvent[]): ReadonlyMap<number, readonly OwnEvent[]> {
    const { segments, replayUntil } = this.version;
    const divided = new Map<number, OwnEvent[]>();
    for (const event of page) {
      const replaying = event.position <= replayUntil;
      const handle = this.handling.handlerOf(event, replaying);
      if (!handle || this.#earlier?.have(event)) continue;
      const sequence = this.sequenceOf(event);
      const segment = segmentOf(sequence.key, segments);
      const own = divided.get(segment);
      if (own) own.push({ event, handle, replaying, sequence });
      else divided.set(segment, [{ event, handle, replaying, sequence }]);
    }
    return divided;
  }
}
