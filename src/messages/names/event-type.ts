import { EventualityError } from '../faults/errors';
import { shownText } from '../faults/shown';
import { sealPayload } from '../sealing/payload';
import { isPlain } from '../sealing/plain-object';
import { BundledNameError, bundledName } from './bundled-names';
import type { ClassReference } from './class-metadata';
import { isOrExtends, MessageClassMismatchError } from './class-mismatch';
import { type EventCodec, messageMetadata, messageName } from './names';

/** An event before it is stored: its durable name and its sealed payload. */
export interface SealedEvent {
  readonly name: string;
  readonly schemaVersion: number;
  readonly payload: object;
  /** The aggregate's state after the event, if a plain event carries it. */
  readonly state?: object;
  /** True for the event that deletes the aggregate. */
  readonly deletes?: true;
}

/** Thrown when a stored event has a later version than its class: a newer version of the application stored it. */
export class NewerEventError extends EventualityError {
  readonly code = 'NEWER_EVENT';

  constructor(
    readonly eventName: string,
    /** The stored version. */
    readonly stored: number,
    /** The version that the class knows. */
    readonly known: number,
  ) {
    super(
      `An event '${shownText(eventName)}' is stored in version ${stored}, but this process knows its shape only up to version ${known}: a newer version of the ` +
        'application stored it. Deploy the newer version wherever such events are read, before it stores them.',
    );
  }
}

/** The source of an instance of an event class: a recorded event, or a sealed one. */
export interface StoredEvent {
  readonly schemaVersion: number;
  readonly payload: object;
}

/** The classes of payloads that a codec made, which cannot be seen from the payload. */
const encodedFrom = new WeakMap<object, Function>();
/** Whether there are any: the look-up costs a fifth of creating an instance. */
let someEncoded = false;

/**
 * Returns the class of the event from which a payload was made in this process; undefined if unknown, as for events
 * read from a database.
 */
export function classOfPayload(payload: object): Function | undefined {
  const prototype = Object.getPrototypeOf(payload);
  if (prototype === Object.prototype && !someEncoded) return undefined;
  return isPlain(prototype) ? encodedFrom.get(payload) : prototype.constructor;
}

/** How the instances of one event class are stored, and created again from what was stored. */
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
   * Returns a deeply frozen copy of the event.
   * @throws UnstorableValueError naming the field that cannot be stored, BundledNameError for a class without a durable
   * name
   */
  seal(event: E): SealedEvent {
    if (this.#bundledName) throw new BundledNameError(this.type);
    const payload = sealPayload(this.#codec ? this.#codec.encode(event) : event, this.name);
    if (this.#codec) this.#remember(payload, event.constructor);
    return { name: this.name, schemaVersion: this.schemaVersion, payload };
  }

  #remember(payload: object, type: Function): void {
    encodedFrom.set(payload, type);
    someEncoded = true;
  }

  /**
   * Returns an instance of the event class for a stored event; a payload that already is one is returned as it is.
   * @throws NewerEventError if the event has a later version than the class; MessageClassMismatchError if the event is
   * known to be of another class, and of the same version
   */
  revive({ payload, schemaVersion }: StoredEvent): E {
    if (schemaVersion > this.schemaVersion) throw new NewerEventError(this.name, schemaVersion, this.schemaVersion);
    const { prototype } = this.type;
    if (Object.getPrototypeOf(payload) === prototype) return payload as E;
    if (schemaVersion === this.schemaVersion) this.#refuseOther(payload);
    if (this.#codec) return this.#codec.decode(payload);
    return Object.freeze(Object.assign(Object.create(prototype), payload));
  }

  #refuseOther(payload: object): void {
    const type = classOfPayload(payload);
    if (type === undefined || isOrExtends(type, this.type)) return;
    throw new MessageClassMismatchError('event', this.name, this.type, type, payload);
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
