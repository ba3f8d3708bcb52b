import type { ClassReference } from '../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type DirectAccess,
  type EventStore,
  ForwardingEventStore,
  type StreamAppend,
} from '../store';
import { KnownEvents } from './known-classes';

/**
 * Makes a store refuse events that are of other classes than those known under their names; the store itself, where no
 * class is known.
 */
export const classChecked = (eventStore: EventStore, types: readonly ClassReference[]): EventStore =>
  types.length > 0 ? new ClassCheckedEventStore(eventStore, new KnownEvents(types)) : eventStore;

/** An event store that takes no event which would be read as an instance of a class that it is none of. */
class ClassCheckedEventStore extends ForwardingEventStore {
  readonly #direct: DirectAccess = {
    append: appends => {
      this.known.check(appends);
      return this.inner.direct?.append(appends);
    },
    read: (stream, page) => this.inner.direct?.read(stream, page),
  };

  constructor(
    inner: EventStore,
    private readonly known: KnownEvents,
  ) {
    super(inner);
  }

  /**
   * Absent where the checked store has none, and in objects made of this one with an `append` or `read` of their own.
   */
  get direct(): DirectAccess | undefined {
    const { append, read } = ClassCheckedEventStore.prototype;
    if (!(#direct in this) || this.append !== append || this.read !== read) return undefined;
    return this.inner.direct && this.#direct;
  }

  /** @throws MessageClassMismatchError, BaseEventHandledError, and what the store throws */
  override append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    try {
      this.known.check(appends);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.inner.append(appends, options);
  }
}
