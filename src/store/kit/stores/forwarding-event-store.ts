import type { RecordedEvent } from '../../../messages';
import type { CommandJournal } from '../../ports/command-journal';
import type { EventStore, RestoreOutcome, SubscribeOptions } from '../../ports/event-store';
import type { ProjectionStore } from '../../ports/projection-store';
import type { SnapshotStore } from '../../ports/snapshot-store';
import type { AppendOptions, AppendOutcome, StreamAppend } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';
import type { ListedStream, StorePage, StreamPage, StreamsPage } from '../events/event-pages';
import { listStreams } from '../events/list-streams';

/** Forwards all calls to another event store; subclasses override some of them. */
export abstract class ForwardingEventStore implements EventStore {
  readonly restore?: NonNullable<EventStore['restore']>;

  constructor(protected readonly inner: EventStore) {
    if (inner.restore)
      this.restore = (events: readonly RecordedEvent[]): Promise<RestoreOutcome> => inner.restore!(events);
  }

  get snapshots(): SnapshotStore | undefined {
    return this.inner.snapshots;
  }

  get projections(): ProjectionStore | undefined {
    return this.inner.projections;
  }

  get commands(): CommandJournal | undefined {
    return this.inner.commands;
  }

  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.inner.append(appends, options);
  }

  read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    return this.inner.read(stream, page);
  }

  readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    return this.inner.readAll(page);
  }

  /** Lists those of the inner store, or those of what this one reads if the inner store has no `streams`. */
  streams(page?: StreamsPage): Promise<readonly ListedStream[]> {
    const { inner } = this;
    return inner.streams ? inner.streams(page) : listStreams({ readAll: all => this.readAll(all) }, page);
  }

  subscribe(options?: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]> {
    return this.inner.subscribe(options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
