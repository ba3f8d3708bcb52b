import type { EventVersions } from '../events/event-options';
import { type SealedEvent, stepsBack, storedForm } from '../events/sealed-event';
import { aName, checkedElsewhere } from '../options/option-checks';
import { must, needed, type OptionChecks, refuseOptions } from '../options/options';
import { refuseInvalidPayload } from '../schemas/validation';
import { sealPayload } from '../sealing/payload';

/** An event without a class: its name, its aggregate and its payload. Created by `Event({ ... })`. */
export interface PlainEvent<Name extends string = string, Payload extends object = object> {
  readonly aggregateId: string;
  /** The kind of aggregate; needed only when a handler function returns the event directly. */
  readonly aggregateName?: string;
  readonly name: Name;
  readonly payload: Readonly<Payload>;
  /** The aggregate's state after the event, if the event carries it. */
  readonly state?: object;
}

const PLAIN_EVENT: OptionChecks<PlainEvent> = {
  aggregateId: needed(aName),
  aggregateName: aName,
  name: needed(aName),
  payload: checkedElsewhere,
  state: must('an object', value => typeof value === 'object' && value !== null),
};

/** Refuses an object without the fields of a plain event; a mistyped key would be lost. @throws InvalidOptionsError */
export const refusePlainEvent = (event: PlainEvent): void => refuseOptions('Event', event, PLAIN_EVENT);

/** The plain events that were made, with what is said of their versions. */
const plain = new WeakMap<object, EventVersions>();
const FIRST_VERSION: EventVersions = {};

/**
 * Creates an event without a class, as a deeply frozen copy.
 * @throws UnstorableValueError if the payload or the state contains something that JSON cannot preserve
 */
export function plainEvent<Name extends string, Payload extends object>(
  event: PlainEvent<Name, Payload>,
  versions = FIRST_VERSION,
): PlainEvent<Name, Payload> {
  const { aggregateId, aggregateName, name, payload, state } = event;
  const copy = Object.freeze({
    aggregateId,
    ...(aggregateName !== undefined && { aggregateName }),
    name,
    payload: sealPayload(payload, name),
    ...(state && { state: sealPayload(state, `${name}.state`) }),
  });
  plain.set(copy, versions);
  return copy;
}

/** Tells whether a value was made by `Event({ ... })`. */
export const isPlainEvent = (value: object): value is PlainEvent => plain.has(value);

/**
 * Returns a plain event as it is stored, after validating it by its schema.
 * @throws InvalidPayloadError, UnusableSchemaError, UpcastFailedError, UnstorableValueError
 */
export function sealedPlainEvent(event: PlainEvent, validate = true): SealedEvent {
  const { name, payload, state } = event;
  const versions = plain.get(event) ?? FIRST_VERSION;
  const { version: schemaVersion = 1, schema } = versions;
  if (schema && validate) refuseInvalidPayload(name, payload, schema);
  const sealed = { name, schemaVersion, payload, ...(state && { state }) };
  const back = stepsBack(versions);
  return back ? { ...sealed, stored: storedForm(name, schemaVersion, payload, back) } : sealed;
}
