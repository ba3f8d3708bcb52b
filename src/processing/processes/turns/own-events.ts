import { type CurrentEvent, NewerEventError, type RecordedEvent } from '../../../messages';
import { aggregateKey, segmentOf } from '../../definition/sequence';
import type { SegmentPlace } from '../../handling/page-handler';
import { EarlierSegments } from '../../versions/earlier-segments';
import { correlated } from '../definition/correlation';
import type { ProcessHandlers } from './process-handlers';

/** An event for an instance of the segment. */
export interface OwnEvent {
  readonly event: CurrentEvent;
  readonly instance: string;
  readonly replaying: boolean;
  /** Why it cannot be read, or its instance is unknown: then it is parked under the name of its aggregate. */
  readonly fault: unknown;
}

interface Found {
  readonly instance: string | undefined;
  readonly fault?: unknown;
}

/** Finds the events for the instances of a segment. */
export class OwnEvents {
  readonly #earlier: EarlierSegments | undefined;

  constructor(
    private readonly handlers: ProcessHandlers,
    private readonly place: SegmentPlace,
  ) {
    const { takenOver } = place;
    this.#earlier = takenOver.length > 0 ? new EarlierSegments(handlers.definition, takenOver) : undefined;
  }

  among(events: readonly RecordedEvent[]): OwnEvent[] {
    const { replayUntil } = this.place;
    const own: OwnEvent[] = [];
    for (const event of events) {
      if (!this.handlers.hears(event)) continue;
      const replaying = event.position <= replayUntil;
      if (replaying && this.handlers.definition.process.options.replay !== 'fold') continue;
      try {
        for (const part of this.handlers.read(event)) this.#add(own, part, replaying, this.#instanceOf(part));
      } catch (fault) {
        // As it is stored: no handler gets it.
        this.#add(own, event as CurrentEvent, replaying, { instance: aggregateKey(event), fault });
      }
    }
    return own;
  }

  #add(own: OwnEvent[], event: CurrentEvent, replaying: boolean, { instance, fault }: Found): void {
    const { segments, segment } = this.place;
    if (instance === undefined) return;
    // Only newer code can tell which segment an event of its own is for.
    const isOwn = fault instanceof NewerEventError || segmentOf(instance, segments) === segment;
    if (isOwn && !this.#earlier?.have(event)) own.push({ event, instance, replaying, fault });
  }

  #instanceOf(event: CurrentEvent): Found {
    try {
      return { instance: correlated(this.handlers.definition, event) };
    } catch (fault) {
      return { instance: aggregateKey(event), fault };
    }
  }
}
