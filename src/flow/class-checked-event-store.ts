import type { ClassReference, RecordedEvent } from '../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type DirectAccess,
  type EventStore,
  ForwardingEventStore,
  type StreamAppend,
  type StreamName,
  type StreamPage,
} from '../store';
import { KnownEvents } from './known-classes';

/**
 * Makes a store refuse events of other classes than those known under their names; returns the store itself if no class
 * is known.
 */
export const classChecked = (eventStore: EventStore, types: readonly ClassReference[]): EventStore =>
  types.length > 0 ? new ClassCheckedEventStore(eventStore, new KnownEvents(types)) : eventStore;

/** An event store that refuses events that would be read as instances of a class that they are not. */
class ClassCheckedEventStore extends ForwardingEventStore {
  readonly #known: KnownEvents;
  #access: ClassCheckedAccess | undefined;

  constructor(inner: EventStore, known: KnownEvents) {
    super(inner);
    this.#known = known;
  }

  /** Absent if the wrapped store has none, and in objects derived from this one with their own `append` or `read`. */
  get direct(): DirectAccess | undefined {
    const { append, read } = ClassCheckedEventStore.prototype;
    if (!(#known in this) || this.append !== append || this.read !== read) return undefined;
    const { direct } = this.inner;
    if (!direct) return undefined;
    if (this.#access?.inner !== direct) this.#access = new ClassCheckedAccess(direct, this.#known);
    return this.#access;
  }

  /** @throws MessageClassMismatchError, BaseEventHandledError, and what the store throws */
  override append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    try {
      this.#known.check(appends);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.inner.append(appends, options);
  }
}

class ClassCheckedAccess implements DirectAccess {
  constructor(
    readonly inner: DirectAccess,
    private readonly known: KnownEvents,
  ) {}

  /** @throws MessageClassMismatchError, BaseEventHandledError, and what the store throws */
  appendNow(appends: readonly StreamAppend[]): AppendOutcome | undefined {
    this.known.check(appends);
    return this.inner.appendNow(appends);
  }

  readNow(stream: StreamName, page?: StreamPage): readonly RecordedEvent[] | undefined {
    return this.inner.readNow(stream, page);
  }
}
