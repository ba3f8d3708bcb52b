import { AsyncLocalStorage } from 'node:async_hooks';
import { InFlight } from '../concurrency';
import {
  type ClassReference,
  type Clock,
  type CommandMessage,
  type CommandOutcome,
  consoleLogger,
  type DispatchOptions,
  type EventReader,
  type MessageCause,
  newId,
  type ProjectionReference,
  type RecordedEvent,
  type ResultOf,
  type ScheduleOptions,
  systemClock,
  UnnamedMessageError,
} from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type {
  EventProcessors,
  Occurrence,
  ProcessManagers,
  ProjectionDefinition,
  ReadModel,
  RecurringOptions,
  ViewOf,
} from '../processing';
import { expectRepositories, isInUnit, type Repository, runOutsideOfUnits } from '../repository';
import { type EventStore, KnownHistory } from '../store';
import type { CommandBus } from './buses/command-bus';
import { FlowBuses } from './buses/flow-buses';
import type { QueryBus } from './buses/query-bus';
import { classChecked } from './class-checked-event-store';
import { causeOf, FlowEventContext } from './contexts';
import { FlowClosedError } from './errors';
import { EventBus } from './events/event-bus';
import type { EventContexts } from './events/event-listener';
import { FlowLife } from './flow-life';
import type { FlowParts } from './flow-parts';
import { classesOf } from './known-classes';
import { checkedReader } from './part-checks';
import { processCommands } from './process-commands';
import { ReadSide, type ReadSideParts, type WaitOptions, type WatchOptions } from './read-side';
import { Repositories } from './repositories';
import { type Ambient, withSurroundings } from './surroundings';

type SharedParts = Pick<ReadSideParts, 'history' | 'eventReader' | 'logger' | 'onError'>;

/**
 * Passes commands to their handlers, events to their listeners, and queries to their handlers.
 * A command goes through the middleware to its handler. The events it decides on are appended to the store and then
 * published on the event bus.
 */
export class Flow {
  readonly eventStore: EventStore;
  readonly eventBus: EventBus | undefined;
  /** Brings stored events into the current version, as handlers get them. */
  readonly eventReader: EventReader;
  readonly clock: Clock;
  /** Creates the ids of `context.newId()`. */
  readonly newId: () => string;
  readonly #commands: CommandBus<CommandOutcome>;
  readonly #queries: QueryBus;
  readonly #repositories: Repositories;
  readonly #ambient: AsyncLocalStorage<Ambient> | undefined;
  readonly #eventContexts: EventContexts;
  readonly #surroundings: FlowParts['metadata'];
  readonly #running = new InFlight();
  readonly #readSide: ReadSide;
  readonly #life: FlowLife;

  /**
   * @throws InvalidConfigurationError, DuplicateHandlerError, InvalidAggregateError, each with all faults of its kind
   */
  constructor(parts: FlowParts) {
    const eventReader = checkedReader(parts);
    const { listeners, clock = systemClock, logger = consoleLogger, cache = false, snapshotStore, validate } = parts;
    this.clock = clock;
    this.newId = parts.newId ?? (() => newId());
    this.#surroundings = parts.metadata;
    const reporting = { logger, onError: parts.onError };
    const history = new KnownHistory(parts.eventStore, reporting);
    this.eventReader = eventReader;
    this.#readSide = this.#readSideOf(parts, { history, eventReader, ...reporting });
    const classes = classesOf(parts);
    const eventStore = classChecked(this.#readSide.eventStore, classes.events);
    const eventBus = parts.eventBus ?? (listeners ? new EventBus({ logger }) : undefined);
    this.eventStore = eventStore;
    this.eventBus = eventBus;
    this.#ambient = parts.ambientCausation ? new AsyncLocalStorage() : undefined;
    this.#eventContexts = { ...this.#contextsOfEvents(), reader: eventReader, onError: parts.onError };
    const recorded = (events: readonly RecordedEvent[]): void => this.publish(events);
    const kept = { cache, history, eventReader, recorded, validate, ...reporting };
    this.#repositories = new Repositories(eventStore, snapshotStore === undefined ? kept : { ...kept, snapshotStore });
    const shared = { eventStore, repositories: this.#repositories, running: this.#running };
    const stores = [eventStore, this.#readSide.eventStore, parts.eventStore] as const;
    const buses = new FlowBuses(parts, classes, { flow: this, ...shared, eventReader, stores, reporting, recorded });
    this.#commands = buses.commands;
    this.#queries = buses.queries;
    const life = { ...shared, readSide: this.#readSide, eventBus };
    this.#life = new FlowLife({ ...life, timeout: parts.closeTimeout });
    if (listeners) eventBus?.subscribe(listeners);
    if (parts.follow !== 'later') this.#life.begin();
  }

  /** The projections and reactors of this flow: status, rebuilds, dead letters. */
  get processors(): EventProcessors {
    return this.#readSide.processors;
  }

  /** The process managers of this flow: their instances, with their histories. */
  get processManagers(): ProcessManagers {
    return this.#readSide.processManagers;
  }

  /** The names of the commands that have a handler. */
  get commandNames(): Iterable<string> {
    return this.#commands.names;
  }

  /** The names of the queries that have a handler. */
  get queryNames(): Iterable<string> {
    return this.#queries.names;
  }

  /**
   * Carries out a command: an instance of its class, or a plain `{ name, message }` object. An outcome without events
   * means that the command failed.
   * @throws InvalidOptionsError, UnknownCommandError, MessageClassMismatchError, AggregateNotFoundError,
   * AggregateAlreadyExistsError, MissingAggregateIdError, ConcurrencyError, FlowClosedError, and any error of its
   * handler; then nothing was appended
   */
  dispatch(command: object, options?: DispatchOptions): Promise<CommandOutcome> {
    const ambient = this.#ambient?.getStore();
    if (this.#life.isClosing && !ambient) return Promise.reject(new FlowClosedError(command));
    return this.dispatchFrom(command, options, ambient?.cause, ambient?.parent);
  }

  /**
   * Answers a query: an instance of its class, or a plain `{ name, message }` object.
   * @throws UnknownQueryError, MessageClassMismatchError, FlowClosedError
   */
  async query<Q extends object>(query: Q): Promise<ResultOf<Q>> {
    if (this.#life.isClosing) throw new FlowClosedError(query);
    return this.queryFrom(query, this.#ambient?.getStore()?.cause);
  }

  /** Returns the repository of an aggregate, always the same one. What it saves is published on the event bus. */
  repository<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A> {
    expectRepositories(this.eventStore);
    return this.repositoryOf(aggregate);
  }

  /** @internal */
  repositoryOf<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A> {
    return this.#repositories.of(aggregate);
  }

  /**
   * Returns the read model of a projection, by its class, its definition or its name; always the same object.
   * @throws UnknownProjectionError
   */
  readModel<P extends object>(projection: ClassReference<P>): ReadModel<ViewOf<P>>;
  readModel<View extends object, Index extends string>(
    projection: ProjectionDefinition<View, Index>,
  ): ReadModel<View, Index>;
  readModel<View extends object>(projection: ProjectionDefinition<View> | ClassReference | string): ReadModel<View>;
  readModel(projection: ProjectionReference): ReadModel {
    return this.#readSide.readModel(projection);
  }

  /**
   * Resolves when all projections and reactors, or those named, have handled or parked everything up to a position.
   * @throws InvalidOptionsError, WaitTimeoutError, UnknownProjectionError
   */
  waitFor(position: bigint, options?: WaitOptions): Promise<void> {
    return this.#readSide.waitFor(position, options);
  }

  /**
   * Carries out a command at a time, or after a while, in whichever process of the application is there then. It takes
   * effect once. One that throws after its retries is parked in `flow.processors.of('$schedule')`.
   * @returns the key, for `unschedule`
   * @throws InvalidOptionsError, NotSchedulingError without the option `scheduling`, UnknownCommandError,
   * UnstorableValueError, FlowClosedError, errors of the store
   */
  async schedule(command: object, options: ScheduleOptions): Promise<string> {
    if (this.#life.isClosing) throw new FlowClosedError(command);
    return this.scheduleFrom(command, withSurroundings(this.#surroundings, options));
  }

  /**
   * Deletes a scheduled command; one that is being carried out is not stopped.
   * @returns whether it was there
   * @throws InvalidOptionsError, NotSchedulingError, errors of the store
   */
  async unschedule(key: string): Promise<boolean> {
    return this.#running.during(this.#readSide.scheduleFor('unschedule').unschedule(key));
  }

  /**
   * Carries out a command at the times of a cron expression (five or six fields), each time once, whichever process is
   * there. Call it in every process, with the same arguments; `make` returns the command of an occurrence. An
   * occurrence that fails after its retries is reported, and the next one follows.
   * @example flow.recurring('nightly', '30 2 * * *', () => new CloseDay(), { timeZone: 'Europe/Vienna' })
   * @throws InvalidOptionsError, also for an expression that never occurs; NotSchedulingError
   */
  recurring(
    name: string,
    cron: string,
    make: (occurrence: Occurrence) => object,
    options: RecurringOptions = {},
  ): void {
    this.#readSide.scheduleFor('recurring').recurring(name, cron, make, options);
  }

  /**
   * Yields the result of a query now, and again after each change of the read models that it reads; unchanged results
   * are not repeated. Ends when the signal is aborted, the loop is left, or the flow is closed, and with the error of a
   * handler that throws.
   * @throws InvalidOptionsError, UnnamedMessageError, FlowClosedError
   */
  watch<Q extends object>(query: Q, options: WatchOptions = {}): AsyncIterable<ResultOf<Q>> {
    if (this.#life.isClosing) throw new FlowClosedError(query);
    if (typeof query !== 'object' || query === null) throw new UnnamedMessageError(query);
    const cause = this.#ambient?.getStore()?.cause;
    return this.#readSide.watch(() => this.queryFrom(query, cause), options);
  }

  /**
   * Refuses new commands, ends live queries, waits for running commands, listeners, projections and snapshots, and
   * closes the event store. Do not await it in a handler or listener: there it rejects with CloseWithinHandlerError,
   * and the flow closes when the handler ends. Listeners of the event bus are waited for until `closeTimeout` and then
   * reported. Calling it again returns the same promise.
   */
  close(): Promise<void> {
    return this.#life.close();
  }

  /** Tells the listeners of events that something else than a command of this flow has stored. @internal */
  publish(events: readonly RecordedEvent[]): void {
    if (events.length > 0) this.eventBus?.publish(events, this.#eventContexts);
  }

  /** @internal Not passed on with a `then`, which would cut off the stack of errors here. */
  dispatchFrom(
    command: object,
    options?: DispatchOptions,
    cause?: MessageCause,
    parent?: CommandMessage,
  ): Promise<CommandOutcome> {
    if (this.#life.isOver) return Promise.reject(new FlowClosedError(command));
    if (options?.waitFor) {
      return this.#running.during(
        this.#readSide.waiting(options, rest => this.dispatchFrom(command, rest, cause, parent)),
      );
    }
    let message: CommandMessage;
    try {
      const given = cause ? options : withSurroundings(this.#surroundings, options);
      message = this.#commands.message(command, given, cause, parent);
    } catch (error) {
      return Promise.reject(error);
    }
    const ambient = this.#ambient;
    // As few calls as possible: each is a line in the stack of a handler's error, and V8 keeps ten.
    if (!ambient && !isInUnit()) return this.#commands.send(message);
    const send = (): Promise<CommandOutcome> => runOutsideOfUnits(() => this.#commands.send(message));
    return ambient ? ambient.run({ cause: message, parent: message }, send) : send();
  }

  /** @internal */
  async scheduleFrom(command: object, options: ScheduleOptions, cause?: MessageCause): Promise<string> {
    return this.#running.during(this.#readSide.scheduleFor('schedule').schedule(command, options, cause));
  }

  /** @internal */
  queryFrom<Q extends object>(query: Q, cause?: MessageCause): Promise<ResultOf<Q>> {
    if (this.#life.isOver) return Promise.reject(new FlowClosedError(query));
    const ask = (): Promise<ResultOf<Q>> => this.#queries.query(query, cause);
    return isInUnit() ? runOutsideOfUnits(ask) : ask();
  }

  #readSideOf(parts: FlowParts, shared: SharedParts): ReadSide {
    const { eventStore, processors: definitions = [], follow = true, scheduling = false } = parts;
    const eventContext = (event: RecordedEvent): FlowEventContext => new FlowEventContext(this, event);
    const commands = { eventContext, processCommands: processCommands(() => this.#commands, this) };
    const others = { follow: follow !== false, scheduling, clock: this.clock };
    return new ReadSide({ ...shared, ...commands, ...others, eventStore, definitions });
  }

  #contextsOfEvents(): EventContexts {
    const ambient = this.#ambient;
    const of = (event: RecordedEvent): FlowEventContext => new FlowEventContext(this, event);
    if (!ambient) return { of };
    return { of, run: (event, listen) => ambient.run({ cause: causeOf(event), parent: undefined }, listen) };
  }
}
