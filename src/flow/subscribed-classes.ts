import { BaseEventHandledError, type ClassReference, classOfPayload, missedBase, type RecordedEvent } from '../messages';

/** The classes that an event bus has listeners for: finds events that these miss, as they are of a subclass. */
export class SubscribedClasses {
  readonly #types = new Map<symbol, ClassReference>();
  /** The classes of events that were looked at since the last subscription. */
  #looked = new WeakSet<Function>();

  /** Returns a function that takes the class out again. */
  add(type: ClassReference): () => void {
    const key = Symbol();
    this.#types.set(key, type);
    this.#looked = new WeakSet();
    return () => void this.#types.delete(key);
  }

  /** Looks at an event that nobody listens to; returns what is wrong with that, once for each class. */
  missed({ payload }: RecordedEvent): BaseEventHandledError | undefined {
    if (this.#types.size === 0) return undefined;
    const type = classOfPayload(payload);
    if (type === undefined || this.#looked.has(type)) return undefined;
    this.#looked.add(type);
    const base = missedBase(type, this.#types.values());
    return base && new BaseEventHandledError('A listener of the event bus', base, type);
  }
}
