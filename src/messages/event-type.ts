import { BundledNameError, bundledName } from './bundled-names';
import type { ClassReference } from './class-metadata';
import { type EventCodec, messageMetadata, messageName } from './names';
import { sealPayload } from './payload';

/** An event on its way to the store: its durable name and its sealed payload. */
export interface SealedEvent {
  readonly name: string;
  readonly schemaVersion: number;
  readonly payload: object;
  /** The aggregate's state after the event, where a plain event carries it. */
  readonly state?: object;
  /** True for the event after which the aggregate is not found any more. */
  readonly deletes?: true;
}

/** How the instances of one event class are stored, and made again from what was stored. */
export class EventType<E extends object = any> {
  readonly name: string;
  readonly schemaVersion: number;
  readonly #codec: EventCodec<E> | undefined;
  readonly #bundledName: boolean;

  constructor(readonly type: ClassReference<E>) {
    const metadata = messageMetadata(type);
    this.name = messageName(type);
    this.schemaVersion = metadata?.version ?? 1;
    this.#codec = metadata?.codec;
    this.#bundledName = !metadata && bundledName(type) !== undefined;
  }

  /**
   * Takes a deeply frozen copy of the event.
   * @throws UnstorableValueError naming the field that cannot be stored, BundledNameError for a class without a name that stays
   */
  seal(event: E): SealedEvent {
    if (this.#bundledName) throw new BundledNameError(this.type);
    const data = this.#codec ? this.#codec.encode(event) : event;
    return { name: this.name, schemaVersion: this.schemaVersion, payload: sealPayload(data, this.name) };
  }

  /** Returns an instance of the event class for a stored payload; a payload that is one already is returned as it is. */
  revive(payload: object): E {
    if (this.#codec) return this.#codec.decode(payload);
    const { prototype } = this.type;
    if (Object.getPrototypeOf(payload) === prototype) return payload as E;
    return Object.freeze(Object.assign(Object.create(prototype), payload));
  }
}

const types = new WeakMap<Function, EventType>();

/** Returns the event type of a class; the same object each time. */
export function eventTypeOf<E extends object>(type: ClassReference<E>): EventType<E> {
  let found = types.get(type);
  if (!found) {
    found = new EventType(type);
    types.set(type, found);
  }
  return found;
}
