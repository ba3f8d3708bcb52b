import type { FailureReporting, RecordedEvent } from '../messages';
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
import type { FollowerDefinition } from './definition';
import { Handling } from './handling';
import { InlineAppends } from './inline-appends';
import { InlineVersions } from './inline-versions';

/** An event store whose appends bring inline projections up to date in the same transaction. Everything else is the store's own. */
export class InlineEventStore implements EventStore {
  readonly restore?: NonNullable<EventStore['restore']>;
  readonly #versions: InlineVersions;
  readonly #appends: InlineAppends;

  constructor(
    private readonly eventStore: EventStore,
    definitions: readonly FollowerDefinition[],
    reporting: FailureReporting,
    changed: (name: string) => void,
    switched: (name: string) => void,
  ) {
    const store = eventStore.projections as ProjectionStore;
    // Projections get no context to dispatch with.
    const handlings = definitions.map(definition => new Handling(definition, () => undefined as never));
    this.#versions = new InlineVersions(eventStore, store, handlings, switched);
    this.#appends = new InlineAppends(eventStore, store, this.#versions, handlings, reporting, changed);
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

  /** Says that other versions may be there. */
  switched(): void {
    this.#versions.forget();
  }

  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.#appends.append(appends, options);
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
