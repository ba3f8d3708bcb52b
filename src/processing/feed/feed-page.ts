import type { RecordedEvent } from '../../messages';
import type { EventStore, KnownHistory } from '../../store';

/** Events of the log, and how far a reader has come with them. Events that no reader wants may be left out. */
export interface FeedPage {
  readonly events: readonly RecordedEvent[];
  readonly to: bigint;
}

/** A page, and the names of the events that it contains; undefined for all. */
export interface ReadPage extends FeedPage {
  readonly names: ReadonlySet<string> | undefined;
}

/** What the log is read from. */
export interface LogSource {
  readonly store: Pick<EventStore, 'subscribe' | 'readAll'>;
  readonly history: Pick<KnownHistory, 'confirm'> | undefined;
}
