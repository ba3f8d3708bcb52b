import type { ClassReference, RecordedEvent } from '../messages';
import type {
  AppendOptions,
  AppendOutcome,
  CommandJournal,
  EventStore,
  ProjectionStore,
  RestoreOutcome,
  SnapshotStore,
  StorePage,
  StreamAppend,
  StreamName,
  StreamPage,
  SubscribeOptions,
} from '../store';
import { KnownEvents } from './known-classes';

/** Makes a store refuse events that are of other classes than those known under their names; the store itself, where no class is known. */
export const classChecked = (eventStore: EventStore, types: readonly ClassReference[]): EventStore =>
  types.length > 0 ? new ClassCheckedEventStore(eventStore, new KnownEvents(types)) : eventStore;

/** An event store that takes no event which would be read as an instance of a class that it is none of. Everything else is the store's own. */
class ClassCheckedEventStore implements EventStore {
  readonly restore?: NonNullable<EventStore['restore']>;

  constructor(
    private readonly eventStore: EventStore,
    private readonly known: KnownEvents,
  ) {
    if (eventStore.restore) this.restore = (events: readonly RecordedEvent[]): Promise<RestoreOutcome> => eventStore.restore!(events);
  }

  get snapshots(): SnapshotStore | undefined {
    return this.eventStore.snapshots;
  }

  get projections(): ProjectionStore | undefined {
    return this.eventStore.projections;
  }

  get commands(): CommandJournal | undefined {
    return this.eventStore.commands;
  }

  /** @throws MessageClassMismatchError, BaseEventHandledError, and what the store throws */
  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    try {
      this.known.check(appends);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.eventStore.append(appends, options);
  }

  read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    return this.eventStore.read(stream, page);
  }

  readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    return this.eventStore.readAll(page);
  }

  subscribe(options?: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]> {
    return this.eventStore.subscribe(options);
  }

  close(): Promise<void> {
    return this.eventStore.close();
  }
}
