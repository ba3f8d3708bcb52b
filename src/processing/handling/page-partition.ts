import type { RecordedEvent } from '../../messages';
import type { ReadModelVersion } from '../../store';
import { type InvalidSequenceError, type Sequence, segmentOf, sequencer } from '../definition/sequence';
import { EarlierSegments } from '../versions/earlier-segments';
import type { HandledEvent, HandlerInvoker } from './handler-invoker';

/** An event that a segment handles. */
export interface OwnEvent extends HandledEvent {
  /** The key of its sequence; undefined if it was not needed to divide the page. */
  readonly key: string | undefined;
  /** Why `sequenceBy` returned no key for it. */
  readonly fault: InvalidSequenceError | undefined;
}

const NONE: readonly OwnEvent[] = [];
const NO_SEQUENCE: Pick<OwnEvent, 'key' | 'fault'> = { key: undefined, fault: undefined };

/**
 * Assigns the events of pages to the segments of a version. Each page is divided once, for all segments of the version
 * that this process owns.
 */
export class PagePartition {
  /** Finds the sequence of an event. */
  readonly sequenceOf: (event: RecordedEvent) => Sequence;
  readonly #earlier: EarlierSegments | undefined;
  /** Whether the rule must be asked for each event: to divide them, or because a rule of your own may fail. */
  readonly #isAsked: boolean;
  readonly #pages = new WeakMap<readonly RecordedEvent[], ReadonlyMap<number, readonly OwnEvent[]>>();

  /** @throws SequenceByChangedError */
  constructor(
    private readonly handling: HandlerInvoker,
    private readonly version: Pick<ReadModelVersion, 'segments' | 'replayUntil' | 'takenOver'>,
  ) {
    const { takenOver, segments } = version;
    this.#isAsked = segments > 1 || typeof handling.definition.options.sequenceBy === 'object';
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
      const { key, fault } = this.#isAsked ? this.sequenceOf(event) : NO_SEQUENCE;
      const segment = key === undefined ? 0 : segmentOf(key, segments);
      const own = divided.get(segment);
      if (own) own.push({ event, handle, replaying, key, fault });
      else divided.set(segment, [{ event, handle, replaying, key, fault }]);
    }
    return divided;
  }
}
