import {
  BaseEventHandledError,
  type ClassReference,
  classOfPayload,
  missedBase,
  type RecordedEvent,
} from '../../messages';
import type { EventListener } from './event-listener';

/** A listener that would miss an event. */
interface Missed {
  readonly error: BaseEventHandledError;
  readonly listener: EventListener;
}

/**
 * The classes that an event bus has listeners for. Finds events that these listeners miss, because they are of a
 * subclass.
 */
export class SubscribedClasses {
  readonly #subscriptions = new Set<{ readonly type: ClassReference; readonly listener: EventListener }>();
  /** The event classes that were checked since the last subscription. */
  #looked = new WeakSet<Function>();

  /** Adds a class; the returned function removes it. */
  add(type: ClassReference, listener: EventListener): () => void {
    const subscription = { type, listener };
    this.#subscriptions.add(subscription);
    this.#looked = new WeakSet();
    return () => void this.#subscriptions.delete(subscription);
  }

  /** Checks an event without listeners; returns the fault, once for each class. */
  missed({ payload }: RecordedEvent): Missed | undefined {
    if (this.#subscriptions.size === 0) return undefined;
    const type = classOfPayload(payload);
    if (type === undefined || this.#looked.has(type)) return undefined;
    this.#looked.add(type);
    for (const { type: base, listener } of this.#subscriptions) {
      if (missedBase(type, [base]))
        return { error: new BaseEventHandledError('A listener of the event bus', base, type), listener };
    }
    return undefined;
  }
}
