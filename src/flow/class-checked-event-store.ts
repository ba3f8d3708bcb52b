import type { ClassReference } from '../messages';
import {
  type AppendOptions,
  type AppendOutcome,
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
  constructor(
    inner: EventStore,
    private readonly known: KnownEvents,
  ) {
    super(inner);
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
