import { type RetryRule } from '../../concurrency';
import {
  aFunction,
  aName,
  aRetry,
  aSchema,
  type Check,
  type CommandContext,
  type EventReference,
  either,
  eventReferences,
  isFunction,
  mapOf,
  needed,
  newId,
  type OptionChecks,
  optionFaults,
  options,
  type SealedEvent,
  type StandardSchemaV1,
  shownText,
  shownValue,
} from '../../messages';
import type {
  AggregateDefinition,
  AggregateHandle,
  CommandRule,
  Creates,
  Decision,
  StateChange,
} from '../aggregate-definition';
import { INSTANCE } from '../aggregate-instance';
import { aCreates } from '../classes/handler-metadata';
import { InvalidAggregateError } from '../errors';
import { sealEvent } from '../seal-event';
import { aSnapshot, type SnapshotOptions, snapshotRule } from '../snapshots/snapshot-rule';
import { laterFault, refusePromise } from '../synchronous';
import { UndeclaredEvents } from '../undeclared-events';
import { lostInCopy } from './copied-state';

/** The `this` of a method of a plain aggregate. */
export interface PlainAggregateThis<State> {
  readonly id: string;
  /** The version of the last stored event. */
  readonly version: number;
  readonly state: Readonly<State>;
}

type Methods = Record<string, (...args: any[]) => Decision>;
type Recorded<Result> = Result extends Promise<any> ? Promise<readonly SealedEvent[]> : readonly SealedEvent[];

/** A loaded plain aggregate: its state, and its methods, which record the events they return. */
export type PlainAggregate<State, M extends Methods = Methods> = PlainAggregateThis<State> & {
  readonly [K in keyof M]: (...args: Parameters<M[K]>) => Recorded<ReturnType<M[K]>>;
};

/** How a plain aggregate handles a command: a function, or one with options. */
export type PlainCommandHandler<State> =
  | ((state: Readonly<State>, command: any, context: CommandContext) => Decision<object>)
  | {
      readonly creates?: Creates;
      readonly target?: (command: any) => unknown;
      readonly retry?: RetryRule;
      /** The schema of a command without a class: see `@Command`. */
      readonly schema?: StandardSchemaV1<any, any>;
      readonly decide: (state: Readonly<State>, command: any, context: CommandContext) => Decision<object>;
    };

/** How a plain aggregate handles an event: it changes the given state, or returns another one. */
export type PlainEventHandler<State> = (
  state: State,
  event: StateChange & { readonly payload: any },
) => State | undefined | void;

/** The specification for `defineAggregate`. */
export interface AggregateSpecification<State extends object, M extends Methods> {
  readonly name: string;
  /** The state before the first event (copied for each aggregate), or a function that returns it. */
  readonly state: State | ((id: string) => State);
  /** Creates the id of an aggregate that is added without one; default a UUID v7. */
  readonly idGenerator?: () => string;
  /** Actions: they read `this.state`, `this.id`, and return events. */
  readonly methods?: M & ThisType<PlainAggregateThis<State> & PlainAggregate<State, M>>;
  /**
   * Event handlers by event name. They change the given state or return another one. Without a handler, `<name>Created`
   * sets the fields of its payload.
   */
  readonly on?: Readonly<Record<string, PlainEventHandler<NoInfer<State>>>>;
  /**
   * All its events, beside those in `on`: what `defineEvent` returned, and classes. Then an event of any other name in
   * its stream is an error.
   */
  readonly events?: readonly EventReference[];
  /** Command handlers by command name, for an aggregate that is passed to a Flow or a module. */
  readonly commands?: Readonly<Record<string, PlainCommandHandler<NoInfer<State>>>>;
  /** Returns the aggregate's id from a command; default the command's `id`. */
  readonly id?: (command: any) => unknown;
  /** Stores the state of long streams, so that loading reads only newer events; default none. */
  readonly snapshot?: SnapshotOptions<NoInfer<State>>;
}

/** The definition that `defineAggregate` returns. */
export interface PlainAggregateDefinition<State extends object, M extends Methods>
  extends AggregateDefinition<State, PlainAggregate<State, M>> {
  newId(): string;
}

/**
 * Defines an aggregate without a class.
 *
 * `Repository.add(attributes)` records `<name>Created` with the attributes as its payload. An event that carries a
 * `state` sets the state.
 * @throws InvalidAggregateError with all mistakes in the specification
 */
export function defineAggregate<State extends object, M extends Methods = Record<never, never>>(
  specification: AggregateSpecification<State, M>,
): PlainAggregateDefinition<State, M> {
  refuseFaults(specification);
  const { name, state, idGenerator = () => newId(), methods, on = {}, commands = {} } = specification;
  const handlers = new Map(Object.entries(on));
  const created = `${name}Created`;
  const Exposed = exposedClass<State>(name, methods ?? {});
  const unknown = UndeclaredEvents.of(name, specification.events);
  const initialState = typeof state === 'function' ? (state as (id: string) => State) : () => structuredClone(state);
  return {
    name,
    commands: new Map(
      Object.entries(commands).map(([command, handler]) => [command, commandRule(handler, specification.id)]),
    ),
    names: [...handlers.keys()],
    declared: specification.events,
    initialState,
    evolve(current, event) {
      const carried = event.state ?? event.marks?.state;
      if (carried !== undefined) return structuredClone(carried) as State;
      const handler = handlers.get(event.name);
      if (handler) {
        const next = handler(current, event) ?? current;
        // Checked here, and not in a function that others call with other states: that would cost a third of folding.
        if (next !== current && typeof (next as { then?: unknown }).then === 'function')
          refusePromise(next, name, `on.${event.name}`);
        return next;
      }
      if (event.name === created) return Object.assign(current, structuredClone(event.payload));
      unknown?.refuse(event);
      return current;
    },
    seal: (event, validate) => sealEvent(name, event, validate),
    expose: handle => new Exposed(handle) as PlainAggregate<State, M>,
    snapshot: plainSnapshots(name, initialState, specification.snapshot),
    newId: idGenerator,
  };
}

/** Compiles the option `snapshot`: the state is data, and kept as it is. */
function plainSnapshots<State extends object>(
  name: string,
  initialState: (id: string) => State,
  snapshot: SnapshotOptions<State> | undefined,
) {
  if (snapshot === undefined) return undefined;
  const subject = {
    name,
    initialState,
    refusal: undefined,
    dataOf: (state: State) => state,
    filled: (_: State, data: object) => data as State,
  };
  return snapshotRule<State>(snapshot, subject);
}

function commandRule<State>(
  handler: PlainCommandHandler<State>,
  id: ((command: any) => unknown) | undefined,
): CommandRule<State> {
  if (typeof handler === 'function') return { creates: false, target: id, decide: handler };
  return {
    creates: handler.creates ?? false,
    target: handler.target ?? id,
    retry: handler.retry,
    schema: handler.schema,
    decide: handler.decide,
  };
}

/**
 * Creates the class of the objects that `load` returns: the methods of the specification, which record the events that
 * they return.
 */
function exposedClass<State>(name: string, methods: Methods): new (handle: AggregateHandle<State>) => object {
  class Exposed {
    readonly #handle: AggregateHandle<State>;

    constructor(handle: AggregateHandle<State>) {
      this.#handle = handle;
    }

    get id(): string {
      return this.#handle.id;
    }

    get version(): number {
      return this.#handle.version;
    }

    get state(): State {
      return this.#handle.state;
    }

    get [INSTANCE](): AggregateHandle<State> {
      return this.#handle;
    }
  }
  Object.defineProperty(Exposed, 'name', { value: name });
  for (const [key, method] of Object.entries(methods)) {
    Object.defineProperty(Exposed.prototype, key, {
      value(this: Exposed, ...args: unknown[]) {
        const decision = method.apply(this, args);
        return decision instanceof Promise
          ? decision.then(events => this[INSTANCE].apply(events))
          : this[INSTANCE].apply(decision);
      },
    });
  }
  return Exposed;
}

const COMMAND_HANDLER: OptionChecks<Exclude<PlainCommandHandler<any>, (...args: any[]) => unknown>> = {
  creates: aCreates,
  target: aFunction,
  retry: aRetry,
  schema: aSchema,
  decide: needed(aFunction),
};

const aMethod: Check = (value, path, faults) => {
  const name = path.slice(path.indexOf('.') + 1);
  if (['id', 'version', 'state'].includes(name))
    faults.push(`${path} would hide the aggregate's ${name}; use another name.`);
  aFunction(value, path, faults);
};

/** Handlers that change or create the state must be synchronous. */
const atOnce: Check = (value, path, faults) => {
  aFunction(value, path, faults);
  const fault = laterFault(path, value);
  if (fault !== undefined) faults.push(fault);
};

const anInitialState: Check = (value, path, faults) => {
  if (isFunction(value)) atOnce(value, path, faults);
  else if (typeof value !== 'object' || value === null)
    faults.push(`${path} is ${shownValue(value)}; give an object, or a function that makes one.`);
  else {
    const lost = lostInCopy(value, path);
    if (lost !== undefined)
      faults.push(`${path} cannot be copied for each aggregate: ${lost}. Give a function that makes it.`);
  }
};

const SPECIFICATION: OptionChecks<AggregateSpecification<any, Methods>> = {
  name: needed(aName),
  state: needed(anInitialState),
  idGenerator: aFunction,
  methods: mapOf('functions', aMethod),
  on: mapOf('event handlers', atOnce),
  events: eventReferences,
  commands: mapOf(
    'command handlers',
    either(isFunction, options(COMMAND_HANDLER, "a function, or an object with a 'decide' function")),
  ),
  id: aFunction,
  snapshot: aSnapshot,
};

function refuseFaults(specification: unknown): void {
  const faults = optionFaults(specification, SPECIFICATION);
  if (faults.length > 0) throw new InvalidAggregateError(nameIn(specification), faults);
}

function nameIn(specification: unknown): string {
  const name = (specification as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? shownText(name) : '';
}
