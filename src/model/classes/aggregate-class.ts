import {
  aFunction,
  BaseEventHandledError,
  type ClassReference,
  type CurrentEvent,
  classOfPayload,
  type EventReader,
  type EventType,
  eventReferences,
  eventTypeOf,
  inheritedMetadata,
  messageName,
  missedBase,
  type OptionChecks,
  optionFaults,
  type RecordedEvent,
} from '../../messages';
import type { AggregateDefinition, AggregateHandle, CommandRule, StateChange } from '../aggregate-definition';
import { INSTANCE } from '../aggregate-instance';
import { checkedDefinition } from '../definition-checks';
import { InvalidAggregateError } from '../errors';
import { sealEvent } from '../seal-event';
import { aSnapshot } from '../snapshots/snapshot-rule';
import { laterFault, refusePromise } from '../synchronous';
import { UndeclaredEvents } from '../undeclared-events';
import { classSnapshots } from './class-snapshots';
import { constructorFaults } from './constructor-faults';
import {
  AGGREGATE,
  type AggregateMetadata,
  type AggregateOptions,
  COMMAND_HANDLERS,
  EVENT_HANDLERS,
  type FoundHandler,
  handlersOf,
} from './handler-metadata';

/** A class that can be instantiated. */
export type AggregateClass<A = any> = new (...args: any[]) => A;

/** An aggregate class as read: its definition, the messages that it names, and its faults. */
export interface AggregateInspection {
  readonly definition: AggregateDefinition;
  readonly commands: readonly ClassReference[];
  readonly events: readonly ClassReference[];
  readonly faults: readonly string[];
}

interface EventRule {
  readonly type: EventType;
  readonly handlers: readonly ((this: object, event: object) => unknown)[];
  /** The names of the handlers. */
  readonly methods: readonly string[];
}

const AGGREGATE_OPTIONS: OptionChecks<AggregateOptions> = {
  id: aFunction,
  events: eventReferences,
  snapshot: aSnapshot,
};

const inspections = new WeakMap<Function, AggregateInspection>();

/**
 * Reads the decorators of an aggregate class and creates its definition, once for each class. Never throws: see
 * `faults`.
 */
export function inspectAggregate(type: AggregateClass): AggregateInspection {
  let inspection = inspections.get(type);
  if (!inspection) {
    inspection = inspect(type);
    inspections.set(type, inspection);
  }
  return inspection;
}

/** Tells whether a class, or a parent of it, is marked with `@Aggregate`. */
export const isAggregateClass = (type: Function): boolean => inheritedMetadata(type, AGGREGATE) !== undefined;

/**
 * Returns the definition of a decorated class; a definition is returned as it is.
 * @throws InvalidAggregateError with all faults of the class, or of the definition
 */
export function definitionOf<State, Exposed>(
  aggregate: AggregateClass<Exposed> | AggregateDefinition<State, Exposed>,
): AggregateDefinition<State, Exposed> {
  if (typeof aggregate !== 'function') return checkedDefinition(aggregate);
  const { definition, faults } = inspectAggregate(aggregate);
  if (faults.length > 0) throw new InvalidAggregateError(aggregate.name, faults);
  return definition;
}

function inspect(type: AggregateClass): AggregateInspection {
  const faults: string[] = [];
  const metadata = inheritedMetadata<AggregateMetadata>(type, AGGREGATE);
  if (!metadata)
    faults.push(`${type.name} is not marked as an aggregate. Write @Aggregate('${type.name}') above the class.`);
  const wrongOptions = metadata ? optionFaults(metadata.options, AGGREGATE_OPTIONS) : [];
  faults.push(...wrongOptions.map(fault => `${type.name}: ${fault}`));
  if (!(INSTANCE in type.prototype)) faults.push(`${type.name} does not extend AggregateRoot.`);
  faults.push(...constructorFaults(type));
  const commandHandlers = handlersOf(type, COMMAND_HANDLERS, faults);
  const eventHandlers = handlersOf(type, EVENT_HANDLERS, faults);
  const { name: className } = type;
  const name = metadata?.name ?? className;
  const declared = wrongOptions.length > 0 ? undefined : metadata?.options.events;
  const definition: AggregateDefinition<object> = {
    name,
    commands: commandRules(type, commandHandlers, metadata, faults),
    events: [...eventHandlers.keys()],
    declared,
    initialState: id => new type(id),
    ...foldingBy(
      className,
      eventRules(type, eventHandlers, faults),
      new Unhandled(className, [...eventHandlers.keys()], UndeclaredEvents.of(name, declared)),
    ),
    seal: (event, validate) => sealEvent(className, event, validate),
    expose: exposeClass,
    snapshot: wrongOptions.length > 0 ? undefined : classSnapshots(name, type, metadata?.options.snapshot),
  };
  return { definition, commands: [...commandHandlers.keys()], events: [...eventHandlers.keys()], faults };
}

/** Connects the instance of the user's class with what the repository knows about it. */
function exposeClass(handle: AggregateHandle<object>): object {
  (handle.state as Record<symbol, unknown>)[INSTANCE] = handle;
  return handle.state;
}

function commandRules(
  type: AggregateClass,
  found: ReadonlyMap<ClassReference, FoundHandler[]>,
  metadata: AggregateMetadata | undefined,
  faults: string[],
): Map<string, CommandRule<object>> {
  const rules = new Map<string, CommandRule<object>>();
  for (const [command, handlers] of found) {
    const name = messageName(command);
    if (handlers.length > 1 || rules.has(name))
      faults.push(`${type.name} handles the command '${name}' more than once. Keep one handler.`);
    const { method, options } = handlers[0]!;
    const handle = type.prototype[method];
    rules.set(name, {
      type: command,
      creates: options?.creates ?? false,
      target: options?.target ?? metadata?.options?.id,
      retry: options?.retry,
      decide: (state, message, context) => handle.call(state, message, context),
    });
  }
  return rules;
}

function eventRules(
  type: AggregateClass,
  found: ReadonlyMap<ClassReference, FoundHandler[]>,
  faults: string[],
): Map<string, EventRule> {
  const rules = new Map<string, EventRule>();
  for (const [event, handlers] of found) {
    const eventType = eventTypeOf(event);
    if (rules.has(eventType.name))
      faults.push(
        `${type.name} handles two event classes of the name '${eventType.name}'. Name one of them: @Event('...').`,
      );
    const methods = handlers.map(({ method }) => String(method));
    const rule = { type: eventType, methods, handlers: handlers.map(({ method }) => type.prototype[method]) };
    for (const [index, handler] of rule.handlers.entries()) {
      const fault = laterFault(`${type.name}.${methods[index]}`, handler);
      if (fault) faults.push(fault);
    }
    rules.set(eventType.name, rule);
  }
  return rules;
}

/** Checks events that an aggregate does not handle: whether it handles a base class of theirs. */
class Unhandled {
  readonly #looked = new WeakSet<Function>();

  constructor(
    private readonly place: string,
    private readonly handled: readonly ClassReference[],
    private readonly undeclared: UndeclaredEvents | undefined,
  ) {}

  /** @throws BaseEventHandledError, UndeclaredEventError */
  look(event: StateChange): void {
    this.undeclared?.refuse(event);
    const { payload } = event;
    const type = classOfPayload(payload);
    if (type === undefined || this.#looked.has(type)) return;
    const base = missedBase(type, this.handled);
    if (base) throw new BaseEventHandledError(this.place, base, type);
    this.#looked.add(type);
  }
}

/** Returns the functions that fold events: those that are read or were just sealed, and those that are stored. */
function foldingBy(
  className: string,
  rules: ReadonlyMap<string, EventRule>,
  unhandled: Unhandled,
): Pick<Required<AggregateDefinition<object>>, 'evolve' | 'fold'> {
  const apply = (state: object, rule: EventRule, instance: object): object => {
    for (let index = 0; index < rule.handlers.length; index++) {
      const returned = rule.handlers[index]!.call(state, instance);
      if (returned !== undefined) refusePromise(returned, className, `${className}.${rule.methods[index]}`);
    }
    return state;
  };
  const evolve = (state: object, event: StateChange): object => {
    const rule = rules.get(event.name);
    if (rule) return apply(state, rule, rule.type.revive(event as CurrentEvent));
    unhandled.look(event);
    return state;
  };
  const older = (state: object, event: RecordedEvent, reader: EventReader): object => {
    const read = reader.read(event);
    if (!Array.isArray(read)) return evolve(state, read as CurrentEvent);
    return read.reduce(evolve, state);
  };
  return {
    evolve,
    fold: (state, event, reader) => {
      const rule = rules.get(event.name);
      if (rule === undefined) return older(state, event, reader);
      // The reader would find the same: the event is stored in the version of its class.
      if (event.schemaVersion === rule.type.schemaVersion)
        return apply(state, rule, rule.type.revive(event as CurrentEvent));
      const data = reader.stepped(event, rule.type);
      return data ? apply(state, rule, rule.type.instanceOf(data)) : older(state, event, reader);
    },
  };
}
