import type { RecordedEvent } from '../envelopes/recorded-event';
import { shownValue } from '../faults/shown';
import type { ClassReference } from '../names/class-metadata';
import { aName, aVersion, listOf } from '../options/option-checks';
import { type Check, InvalidOptionsError, must, needed, type OptionChecks, optionFaults } from '../options/options';
import { isData } from '../sealing/data';
import type { EventDefinition } from './define-event';
import { isEventDefinition } from './define-event';
import type { EventShape } from './event-shape';
import { eventTypeOf } from './event-type';

/** An event that an upcaster leads to: its class, or what `defineEvent` returned. */
export type EventReference = ClassReference | EventDefinition;

/** What an upcaster makes of a stored event: an event of another name, with data of one of its versions. */
export class UpcastPiece<Target = unknown> {
  /** Carries the type of the event; it does not exist at run time. */
  declare readonly target?: Target;

  constructor(
    readonly shape: EventShape,
    readonly version: number,
    readonly data: object,
  ) {}
}

/**
 * Says which event an upcaster makes of a stored one. From there on, the steps of that event are followed.
 * @param version the version of `data`, from 1 to the current one of the event
 * @param data as an event of that version is stored
 * @example as(CustomerRegistered, 1, data)
 * @throws InvalidOptionsError
 */
export function as<Target extends EventReference>(type: Target, version: number, data: object): UpcastPiece<Target> {
  const shape = shapeOf(type);
  if (shape && Number.isInteger(version) && version >= 1 && version <= shape.schemaVersion && isData(data))
    return new UpcastPiece(shape, version, data);
  const faults: string[] = [];
  if (!shape) faults.push(`type is ${shownValue(type)}; give the class of an event, or what defineEvent returned.`);
  else if (!Number.isInteger(version) || version < 1 || version > shape.schemaVersion)
    faults.push(`version is ${shownValue(version)}; '${shape.name}' has the versions 1 to ${shape.schemaVersion}.`);
  if (!isData(data)) faults.push(`data is ${shownValue(data)}; it must be an object.`);
  throw new InvalidOptionsError('as', faults);
}

/** Returns what is known of the versions of an event; undefined for a value that is no event. */
export function shapeOf(type: unknown): EventShape | undefined {
  if (isEventDefinition(type)) return type.shape;
  return typeof type === 'function' && type.prototype !== undefined ? eventTypeOf(type as ClassReference) : undefined;
}

/** Returns the durable name of an event. */
export const eventNameOf = (type: EventReference): string => shapeOf(type)!.name;

/** Checks a list of events. */
export const eventReferences: Check = listOf('events', (value, path, faults) => {
  if (!shapeOf(value))
    faults.push(`${path} is ${shownValue(value)}; give the class of an event, or what defineEvent returned.`);
});

/** Which stored events an upcaster takes, and what it makes of them. */
export interface UpcasterOptions<Target extends EventReference = EventReference> {
  /** The stored version that it takes, an integer from 1. */
  readonly from: number;
  /** The events that it may lead to: one, several, or `[]` if it drops the stored event. */
  readonly to: Target | readonly Target[];
}

/** What an upcaster returns: one event, several in order, or `[]` for none. */
export type UpcastPieces<Target = any> = UpcastPiece<Target> | readonly UpcastPiece<Target>[];

/**
 * Turns stored events of one name and version into others: renames, splits or drops them. Pass it to
 * `new Flow({ upcasters })`.
 */
export interface Upcaster {
  readonly name: string;
  readonly from: number;
  readonly to: readonly EventReference[];
  /** How it is called in errors. */
  readonly place: string;
  upcast(data: any, event: RecordedEvent): UpcastPieces;
}

const UPCASTER: OptionChecks<{ from: unknown; to: unknown }> = {
  from: needed(aVersion),
  to: needed((value, path, faults) => {
    for (const [index, each] of (Array.isArray(value) ? value : [value]).entries())
      if (!shapeOf(each))
        faults.push(
          `${Array.isArray(value) ? `${path}[${index}]` : path} is ${shownValue(each)}; give the class of an event, or what defineEvent returned. ` +
            'Two files that import each other can leave a class undefined.',
        );
  }),
};

/** Returns the faults of the arguments of an upcaster, as sentences. */
export function upcasterFaults(name: unknown, options: unknown): string[] {
  const faults: string[] = [];
  aName(name, 'the name', faults);
  return [...faults, ...optionFaults(options, UPCASTER)];
}

/**
 * Creates an upcaster without a class. It must be pure and synchronous, and is called whenever such an event is read.
 * @param name the name of the stored event
 * @example upcaster('customer.signed-up', { from: 1, to: registered }, data => as(registered, 1, data))
 * @throws InvalidOptionsError
 */
export function upcaster<const Target extends EventReference>(
  name: string,
  options: UpcasterOptions<Target>,
  upcast: (data: any, event: RecordedEvent) => UpcastPieces<Target>,
): Upcaster {
  const faults = upcasterFaults(name, options);
  if (typeof upcast !== 'function') faults.push(`upcast is ${shownValue(upcast)}; it must be a function.`);
  if (faults.length > 0) throw new InvalidOptionsError('upcaster', faults);
  return madeUpcaster(name, options, `upcaster('${name}')`, upcast);
}

const made = new WeakSet<object>();

/** Creates an upcaster from checked parts. */
export function madeUpcaster(
  name: string,
  { from, to }: UpcasterOptions,
  place: string,
  upcast: Upcaster['upcast'],
): Upcaster {
  const created = { name, from, to: Array.isArray(to) ? to : [to as EventReference], place, upcast };
  made.add(created);
  return created;
}

/** Checks what renames, splits or drops stored events. */
export const anUpcaster = must(
  'what upcaster() returned, or a class with @Upcaster',
  value => typeof value === 'function' || isUpcaster(value),
);

/** Tells whether a value was made by `upcaster`, or of a method with `@Upcaster`. */
export const isUpcaster = (value: unknown): value is Upcaster =>
  typeof value === 'object' && value !== null && made.has(value);
