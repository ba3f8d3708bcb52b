import { NewerEventError, type RecordedEvent } from '../../messages';
import type { ReadModelVersion } from '../../store';
import { aggregateKey, type Sequence, segmentOf, sequencer } from '../definition/sequence';
import { EarlierSegments } from '../versions/earlier-segments';
import type { HandledEvent, HandlerInvoker } from './handler-invoker';

/** An event that a segment handles. */
export interface OwnEvent {
  /** As it is stored. */
  readonly event: RecordedEvent;
  /** As its handlers get it; undefined if it could not be read. */
  readonly handled: HandledEvent | undefined;
  /** The key of its sequence; undefined if it was not needed to divide the page. */
  readonly key: string | undefined;
  /** Why it could not be read, or why `sequenceBy` returned no key for it. */
  readonly fault: unknown;
}

const NONE: readonly OwnEvent[] = [];
const NO_SEQUENCE = { key: undefined, fault: undefined };

/**
 * Assigns the events of pages to the segments of a version. Each page is divided once, for all segments of the version
 * that this process owns.
 */
export class PagePartition {
  /** Finds the sequence of an event. */
  readonly #sequenceOf: (event: RecordedEvent) => Sequence;
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
    this.#isAsked = segments > 1 || this.#isByRule;
    this.#sequenceOf = sequencer(handling.definition);
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
    const add = (segment: number, own: OwnEvent): void => {
      const others = divided.get(segment);
      if (others) others.push(own);
      else divided.set(segment, [own]);
    };
    for (const event of page) {
      const own = this.#ownOf(event, event.position <= replayUntil);
      if (!own || this.#earlier?.have(own.handled?.event ?? event)) continue;
      if (own.fault instanceof NewerEventError && this.#isByRule)
        // Only newer code can tell which segment it is for.
        for (let segment = 0; segment < segments; segment++) add(segment, own);
      else add(own.key === undefined ? 0 : segmentOf(own.key, segments), own);
    }
    return divided;
  }

  /** Reads an event; undefined if it has no handler. */
  #ownOf(event: RecordedEvent, replaying: boolean): OwnEvent | undefined {
    try {
      const handled = this.handling.handled(event, replaying);
      if (!handled) return undefined;
      const { key, fault } = this.#isAsked ? this.#sequenceOf(handled.event) : NO_SEQUENCE;
      return { event, handled, key, fault };
    } catch (fault) {
      return {
        event,
        handled: undefined,
        key: this.#isByRule ? aggregateKey(event) : this.#sequenceOf(event).key,
        fault,
      };
    }
  }

  /** Returns the sequence of a stored event. */
  sequenceOf(event: RecordedEvent): Sequence {
    const own = this.#ownOf(event, event.position <= this.version.replayUntil);
    if (own?.handled) return this.#sequenceOf(own.handled.event);
    return { key: own?.key ?? aggregateKey(event), fault: undefined };
  }

  /** Whether a rule of your own says which events belong together. */
  get #isByRule(): boolean {
    return typeof this.handling.definition.options.sequenceBy === 'object';
  }
}
