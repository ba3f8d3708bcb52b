import { shownText } from '../faults/shown';
import { BundledNameError, bundledName } from '../names/bundled-names';
import type { ClassReference } from '../names/class-metadata';
import { isOrExtends, MessageClassMismatchError } from '../names/class-mismatch';
import { messageMetadata, messageName } from '../names/names';
import { refuseInvalidPayload } from '../schemas/validation';
import { sealPayload } from '../sealing/payload';
import { isPlain } from '../sealing/plain-object';
import { refuseHidden } from '../sealing/unstorable';
import { FieldsCodec, WholeCodec } from '../values/value-codec';
import type { CurrentEvent } from './current-event';
import type { DowncastStep } from './event-options';
import { type EventShape, stepsOf } from './event-shape';
import { type SealedEvent, stepsBack, storedForm } from './sealed-event';
import { MissingUpcasterError, NewerEventError } from './upcast-errors';

/** The classes of payloads that a codec made, which cannot be seen from the payload. */
const encodedFrom = new WeakMap<object, Function>();
/** Whether there are any: the look-up costs a fifth of creating an instance. */
let someEncoded = false;

/**
 * Returns the class of the event from which a payload was made in this process; undefined if unknown, as for events
 * read from a database.
 */
export function classOfPayload(payload: object): Function | undefined {
  const type: unknown = payload.constructor;
  if (type === Object && !someEncoded) return undefined;
  const prototype = typeof type === 'function' ? type.prototype : Object.getPrototypeOf(payload);
  return isPlain(prototype) ? encodedFrom.get(payload) : prototype.constructor;
}

/** How the instances of one event class are stored, and created again from what was stored. */
export class EventType<E extends object = any> implements EventShape {
  readonly name: string;
  readonly schemaVersion: number;
  readonly steps: EventShape['steps'];
  readonly schema: EventShape['schema'];
  readonly #codec: WholeCodec | undefined;
  readonly #fields: FieldsCodec | undefined;
  readonly #back: readonly DowncastStep[] | undefined;
  readonly #bundledName: boolean;

  constructor(readonly type: ClassReference<E>) {
    const metadata = messageMetadata(type);
    this.name = messageName(type);
    this.schemaVersion = metadata?.version ?? 1;
    this.steps = stepsOf(metadata?.upcast);
    this.schema = metadata?.schema;
    const of = `the event '${shownText(this.name)}'`;
    this.#codec = metadata?.codec && new WholeCodec(metadata.codec, of);
    this.#fields = metadata?.codecs && new FieldsCodec(metadata.codecs, of);
    this.#back = metadata && stepsBack(metadata);
    this.#bundledName = !metadata && bundledName(type) !== undefined;
  }

  /**
   * Returns a deeply frozen copy of the event, after validating it by its schema.
   * @throws UnstorableValueError naming the field that cannot be stored, BundledNameError for a class without a durable
   * name, CodecFailedError, InvalidPayloadError, UnusableSchemaError
   */
  seal(event: E, validate = true): SealedEvent {
    if (this.#bundledName) throw new BundledNameError(this.type);
    const payload = sealPayload(this.#encoded(event), this.name);
    if (this.schema && validate) refuseInvalidPayload(this.name, payload, this.schema);
    if (this.#codec || this.#fields) this.#remember(payload, event.constructor);
    const { name, schemaVersion } = this;
    if (!this.#back) return { name, schemaVersion, payload };
    return { name, schemaVersion, payload, stored: storedForm(name, schemaVersion, payload, this.#back) };
  }

  /** What is stored of the event, before it is sealed. */
  #encoded(event: E): object {
    if (this.#codec) return this.#codec.encode(event);
    if (!this.#fields) return event;
    refuseHidden(event, this.name);
    return this.#fields.encode(event);
  }

  #remember(payload: object, type: Function): void {
    encodedFrom.set(payload, type);
    someEncoded = true;
  }

  /**
   * Returns an instance of the event class for an event of the current version; a payload that already is one is
   * returned as it is.
   * @throws NewerEventError, MissingUpcasterError if the event is of another version; MessageClassMismatchError if it
   * is known to be of another class
   */
  revive({ payload, schemaVersion }: CurrentEvent): E {
    if (schemaVersion !== this.schemaVersion) this.#refuseVersion(schemaVersion);
    // Not its prototype: V8 gets that from outside of compiled code. What is stored has no function as a field.
    if (payload.constructor === this.type) return payload as E;
    this.#refuseOther(payload);
    return this.instanceOf(payload);
  }

  /** Returns an instance of the event class for data of the current version. @throws CodecFailedError */
  instanceOf(payload: object): E {
    const { prototype } = this.type;
    if (this.#codec) return this.#codec.decode(payload) as E;
    const instance = Object.assign(Object.create(prototype), payload);
    return Object.freeze(this.#fields ? this.#fields.decodeInto(instance) : instance);
  }

  #refuseVersion(stored: number): never {
    if (stored > this.schemaVersion) throw new NewerEventError(this.name, stored, this.schemaVersion);
    throw new MissingUpcasterError(this.name, stored, this.schemaVersion);
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
