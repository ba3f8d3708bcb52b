import type { RecordedEvent } from '../../../messages';
import { aggregateKey, segmentOf } from '../../definition/sequence';
import type { SegmentPlace } from '../../handling/page-handler';
import { EarlierSegments } from '../../versions/earlier-segments';
import { correlated } from '../definition/correlation';
import type { ProcessHandlers } from './process-handlers';

/** An event for an instance of the segment. */
export interface OwnEvent {
  readonly event: RecordedEvent;
  readonly instance: string;
  readonly replaying: boolean;
  /** Why its instance is unknown: then the event is parked under the name of its aggregate. */
  readonly fault: unknown;
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
    const { segments, segment, replayUntil } = this.place;
    const own: OwnEvent[] = [];
    for (const event of events) {
      if (!this.handlers.hears(event)) continue;
      const replaying = event.position <= replayUntil;
      if (replaying && this.handlers.definition.process.options.replay !== 'fold') continue;
      const { instance, fault } = this.#instanceOf(event);
      if (instance === undefined || segmentOf(instance, segments) !== segment || this.#earlier?.have(event)) continue;
      own.push({ event, instance, replaying, fault });
    }
    return own;
  }

  #instanceOf(event: RecordedEvent): { readonly instance: string | undefined; readonly fault?: unknown } {
    try {
      return { instance: correlated(this.handlers.definition, event) };
    } catch (fault) {
      return { instance: aggregateKey(event), fault };
    }
  }
}
