import { type PlainEvent, plainEvent } from '../envelopes/plain-event';
import { aName } from '../options/option-checks';
import { InvalidOptionsError, optionFaults } from '../options/options';
import type { StandardSchemaV1 } from '../schemas/standard-schema';
import { EVENT_VERSIONS, versionFaults } from './event-option-checks';
import type { EventVersions, StepsFault, StepsFrom } from './event-options';
import { type EventShape, stepsOf } from './event-shape';

const DEFINITIONS = new WeakSet<object>();

/** An event without a class: its name, its versions, and a function that creates one. */
export interface EventDefinition<Name extends string = string, Payload extends object = any> {
  (aggregateId: string, payload: Payload): PlainEvent<Name, Payload>;
  readonly eventName: Name;
  readonly shape: EventShape;
}

/** Defines events with a payload of a given type: what `defineEvent<Payload>()` returns. */
export type DefineEventOf<Payload extends object> = <
  const Name extends string,
  const Version extends number = number,
  From extends number = never,
>(
  name: Name & StepsFault<Version, From>,
  options?: EventVersions<Version, StandardSchemaV1<Payload, any>> & StepsFrom<From>,
) => EventDefinition<Name, Payload>;

/**
 * Defines an event without a class: its durable name, and how its stored versions become the current one. Pass it to
 * `new Flow({ events })`. Calling it creates an event for an aggregate, as `Event({ ... })` does. With a schema, the
 * payload has the type that it takes.
 * @example const renamed = defineEvent('todo.renamed', { schema: z.object({ text: z.string() }) });
 * renamed('42', { text: 'milk' })
 * @throws InvalidOptionsError
 */
export function defineEvent<
  const Name extends string,
  Payload extends object = any,
  const Version extends number = number,
  From extends number = never,
>(
  name: Name & StepsFault<Version, From>,
  options?: EventVersions<Version, StandardSchemaV1<Payload, any>> & StepsFrom<From>,
): EventDefinition<Name, Payload>;
/**
 * Says the type of the payload, where no schema does. In a call of its own: TypeScript would infer neither the name nor
 * the versions if one of the types was given.
 * @example const renamed = defineEvent<{ text: string }>()('todo.renamed', { version: 2, upcast: { 1: toText } });
 */
export function defineEvent<Payload extends object>(): DefineEventOf<Payload>;
export function defineEvent(...given: [name?: string, options?: EventVersions]): unknown {
  return given.length === 0 ? defined : defined(...(given as [string]));
}

function defined(name: string, options: EventVersions = {}): EventDefinition {
  const faults: string[] = [];
  aName(name, 'the name', faults);
  faults.push(...optionFaults(options, EVENT_VERSIONS));
  if (faults.length === 0) faults.push(...versionFaults(options));
  if (faults.length > 0) throw new InvalidOptionsError('defineEvent', faults);
  const { version = 1, upcast, schema } = options;
  const shape: EventShape = { name, schemaVersion: version, steps: stepsOf(upcast), schema };
  const create = (aggregateId: string, payload: object): PlainEvent =>
    plainEvent({ aggregateId, name, payload }, options);
  const definition = Object.assign(create, { eventName: name, shape });
  DEFINITIONS.add(definition);
  return definition;
}

/** Tells whether a value was made by `defineEvent`. */
export const isEventDefinition = (value: unknown): value is EventDefinition =>
  typeof value === 'function' && DEFINITIONS.has(value);
