import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type ClassReference,
  type Clock,
  type CommandMessage,
  type CommandOutcome,
  consoleLogger,
  type DispatchOptions,
  type Logger,
  type MessageCause,
  type ProjectionReference,
  type RecordedEvent,
  type ResultOf,
  systemClock,
} from '../messages';
import { type AggregateClass, type AggregateDefinition, type CommandRule, definitionOf } from '../model';
import { type FollowerDefinition, followerFaults, type ProjectionDefinition, type ReadModel, type ViewOf } from '../processing';
import { AggregateCommandHandler, type CacheOptions, Repository, type RepositoryOptions, Running, type UnitOfWork } from '../repository';
import type { EventStore, SnapshotStore } from '../store';
import { CommandBus, type CommandMiddleware } from './command-bus';
import { causeOf, type Dispatcher, FlowCommandContext, FlowEventContext, FlowQueryContext } from './contexts';
import { DuplicateHandlerError, FlowClosedError, InvalidConfigurationError } from './errors';
import { EventBus } from './event-bus';
import type { EventContexts, EventListeners } from './event-listener';
import { type FlowCommandHandler, runHandlerFunction } from './function-command-handler';
import { QueryBus, type QueryHandlerFunction, type QueryMiddleware } from './query-bus';
import { ReadSide } from './read-side';

/** The parts a Flow is assembled from. */
export interface FlowParts {
  readonly eventStore: EventStore;
  /** Gets every recorded event; without one nobody is told. */
  readonly eventBus?: EventBus;
  /** Aggregates whose own command handlers are used: decorated classes or definitions. */
  readonly aggregates?: readonly (AggregateClass | AggregateDefinition)[];
  /** Command handlers by the command's name. */
  readonly commandHandlers?: Readonly<Record<string, FlowCommandHandler>>;
  /** Query handlers by the query's name. */
  readonly queryHandlers?: Readonly<Record<string, QueryHandlerFunction>>;
  /** Listeners by the event's name; they are subscribed to the event bus, which is made when there is none. */
  readonly listeners?: EventListeners;
  /** Projections and durable listeners, as `defineProjection` and `defineListener` make them. */
  readonly projections?: readonly FollowerDefinition[];
  /** Wraps every command; the first is the outermost. */
  readonly middleware?: readonly CommandMiddleware<CommandOutcome>[];
  /** Wraps every query; the first is the outermost. */
  readonly queryMiddleware?: readonly QueryMiddleware[];
  /** Keeps the events of hot aggregates; default false. */
  readonly cache?: CacheOptions | false;
  /** Keeps the snapshots of aggregates that want them; default the event store's own `snapshots`, `false` for none. It is not closed. */
  readonly snapshotStore?: SnapshotStore | false;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** Default the console. */
  readonly logger?: Logger;
  /**
   * Lets `flow.dispatch` and `flow.query` find the message whose handler calls them, by AsyncLocalStorage; default false, because
   * on Node 20 it slows every promise of the process. Without it handlers use their context, which costs nothing.
   */
  readonly ambientCausation?: boolean;
}

interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/**
 * Carries commands to their handlers, events to their listeners, and queries to their answers.
 *
 * A command goes through the middleware to its handler; what that decides is appended to the store and then given to the event bus.
 */
export class Flow implements Dispatcher {
  readonly eventStore: EventStore;
  readonly eventBus: EventBus | undefined;
  readonly clock: Clock;
  readonly #commands = new CommandBus<CommandOutcome>();
  readonly #queries = new QueryBus(({ name, cause }) => new FlowQueryContext(this, name, cause));
  readonly #repositories = new Map<AggregateDefinition, Repository>();
  readonly #repositoryOptions: RepositoryOptions;
  readonly #ambient: AsyncLocalStorage<Ambient> | undefined;
  readonly #eventContexts: EventContexts;
  readonly #running = new Running();
  readonly #readSide: ReadSide;
  #closed = false;
  #closing: Promise<void> | undefined;

  /** @throws InvalidConfigurationError, DuplicateHandlerError, InvalidAggregateError: with all faults of their kind */
  constructor(parts: FlowParts) {
    refuseFaults(parts);
    const { eventStore, eventBus, listeners, clock = systemClock, logger = consoleLogger, cache = false } = parts;
    this.eventStore = eventStore;
    this.eventBus = eventBus ?? (listeners ? new EventBus({ logger }) : undefined);
    this.clock = clock;
    const snapshots = parts.snapshotStore === undefined ? {} : { snapshotStore: parts.snapshotStore };
    this.#repositoryOptions = { cache, logger, ...snapshots, recorded: events => this.#publish(events) };
    this.#ambient = parts.ambientCausation ? new AsyncLocalStorage() : undefined;
    this.#eventContexts = this.#contextsOfEvents();
    if (parts.middleware?.length) this.#commands.use((message, next) => this.#running.during(next(message)));
    for (const middleware of parts.middleware ?? []) this.#commands.use(middleware);
    for (const middleware of parts.queryMiddleware ?? []) this.#queries.use(middleware);
    this.#readSide = new ReadSide(parts.projections ?? [], eventStore);
    this.#register(parts);
    if (listeners) this.eventBus?.subscribe(listeners);
  }

  /** The names of the commands that have a handler. */
  get commandNames(): Iterable<string> {
    return this.#commands.names;
  }

  /**
   * Carries out a command: an instance of its class, or a plain `{ name, message }` object. No events means that it failed.
   * @throws UnknownCommandError, AggregateNotFoundError, AggregateAlreadyExistsError, MissingAggregateIdError, ConcurrencyError,
   * FlowClosedError, and whatever its handler throws; nothing was appended then
   */
  dispatch(command: object, options?: DispatchOptions): Promise<CommandOutcome> {
    const ambient = this.#ambient?.getStore();
    if (this.#closed && !ambient) return Promise.reject(new FlowClosedError(command?.constructor?.name ?? String(command)));
    return this.dispatchFrom(command, options, ambient?.cause, ambient?.parent);
  }

  /** Answers a query: an instance of its class, or a plain `{ name, message }` object. @throws UnknownQueryError, FlowClosedError */
  async query<Q extends object>(query: Q): Promise<ResultOf<Q>> {
    if (this.#closed) throw new FlowClosedError(query?.constructor?.name ?? String(query));
    return this.queryFrom(query, this.#ambient?.getStore()?.cause);
  }

  /** Returns the repository of an aggregate, the same one each time; what it saves is given to the event bus. */
  repository<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A> {
    const definition = definitionOf(aggregate);
    let repository = this.#repositories.get(definition);
    if (!repository) {
      repository = new Repository(definition, this.eventStore, this.#repositoryOptions);
      this.#repositories.set(definition, repository);
    }
    return repository;
  }

  /** Returns the documents of a projection: by its class, its definition or its name, the same object each time. @throws UnknownProjectionError */
  readModel<P extends object>(projection: ClassReference<P>): ReadModel<ViewOf<P>>;
  readModel<View extends object>(projection: ProjectionDefinition<View> | ClassReference | string): ReadModel<View>;
  readModel(projection: ProjectionReference): ReadModel {
    return this.#readSide.readModel(projection);
  }

  /**
   * Gives the result of a query now, and again after each change of the read models it reads; the same result is not given twice. Ends when
   * the signal is aborted, the loop is left, or the flow is closed; and with the error of a handler that throws.
   * @throws FlowClosedError
   */
  watch<Q extends object>(query: Q, options: { readonly signal?: AbortSignal } = {}): AsyncIterable<ResultOf<Q>> {
    if (this.#closed) throw new FlowClosedError(query?.constructor?.name ?? String(query));
    const cause = this.#ambient?.getStore()?.cause;
    return this.#readSide.watch(() => this.queryFrom(query, cause), options.signal);
  }

  /**
   * Refuses new commands, ends live queries, waits until those under way, the listeners and the snapshots are done, and closes the event store.
   * Calling it again returns the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @internal No promise is handed through with a `then` beside it: that would cut the stack of errors off here. */
  dispatchFrom(command: object, options?: DispatchOptions, cause?: MessageCause, parent?: CommandMessage): Promise<CommandOutcome> {
    let message: CommandMessage;
    try {
      message = this.#commands.message(command, options, cause, parent);
    } catch (error) {
      return Promise.reject(error);
    }
    const ambient = this.#ambient;
    if (ambient) return ambient.run({ cause: message, parent: message }, () => this.#commands.send(message));
    return this.#commands.send(message);
  }

  /** @internal */
  queryFrom<Q extends object>(query: Q, cause?: MessageCause): Promise<ResultOf<Q>> {
    return this.#queries.query(query, cause);
  }

  #register({ aggregates = [], commandHandlers = {}, queryHandlers = {} }: FlowParts): void {
    const duplicates: string[] = [];
    const attempt = (name: string, register: () => void): void => {
      try {
        register();
      } catch (error) {
        if (!(error instanceof DuplicateHandlerError)) throw error;
        duplicates.push(name);
      }
    };
    for (const aggregate of aggregates) {
      const repository = this.repository(aggregate);
      const handler = new AggregateCommandHandler(repository.loader, events => this.#publish(events), this.#running);
      for (const [name, rule] of repository.definition.commands) attempt(name, () => this.#registerRule(name, rule, handler));
    }
    for (const [name, handler] of Object.entries(commandHandlers)) attempt(name, () => this.#registerFunction(name, handler));
    for (const [name, handler] of Object.entries(queryHandlers)) attempt(name, () => this.#queries.register(name, handler));
    if (duplicates.length > 0) throw new DuplicateHandlerError(duplicates);
  }

  #registerRule(name: string, rule: CommandRule, handler: AggregateCommandHandler): void {
    this.#commands.register(name, (_command, message) => handler.handle(message, rule, new FlowCommandContext(this, message)));
  }

  #registerFunction(name: string, handler: FlowCommandHandler): void {
    this.#commands.register(name, async (_command, message) => {
      this.#running.begin();
      try {
        const contextOf = (unit: UnitOfWork): FlowCommandContext => new FlowCommandContext(this, message, unit);
        const { outcome, published } = await runHandlerFunction(handler, message, this.eventStore, contextOf);
        if (!published) this.#publish(outcome.events);
        return outcome;
      } finally {
        this.#running.end();
      }
    });
  }

  #contextsOfEvents(): EventContexts {
    const ambient = this.#ambient;
    const of = (event: RecordedEvent): FlowEventContext => new FlowEventContext(this, event);
    if (!ambient) return { of };
    return { of, run: (event, listen) => ambient.run({ cause: causeOf(event), parent: undefined }, listen) };
  }

  #publish(events: readonly RecordedEvent[]): void {
    if (events.length === 0 || !this.eventBus) return;
    this.eventBus.publish(events, this.#eventContexts);
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#readSide.endWatches();
    do {
      await this.#running.idle();
      await this.eventBus?.drain();
    } while (this.#running.busy);
    for (const repository of this.#repositories.values()) await repository.drain();
    await this.eventStore.close();
  }
}

function refuseFaults({
  eventStore,
  commandHandlers = {},
  queryHandlers = {},
  eventBus,
  snapshotStore,
  projections = [],
}: FlowParts): void {
  const faults: string[] = [];
  for (const method of ['append', 'read', 'readAll', 'subscribe', 'close'] as const) {
    if (typeof eventStore?.[method] !== 'function')
      faults.push(`eventStore has no method ${method}; give an EventStore, such as new InMemoryEventStore().`);
  }
  for (const method of ['load', 'save', 'delete'] as const) {
    if (snapshotStore && typeof snapshotStore[method] !== 'function')
      faults.push(`snapshotStore has no method ${method}; give a SnapshotStore, such as new InMemorySnapshotStore().`);
  }
  if (eventBus !== undefined && typeof eventBus?.publish !== 'function') faults.push('eventBus has no method publish; give an EventBus.');
  for (const [name, handler] of Object.entries({ ...commandHandlers, ...queryHandlers })) {
    if (typeof handler !== 'function') faults.push(`the handler of ${name} is ${String(handler)}; it must be a function.`);
  }
  if (faults.length === 0) faults.push(...followerFaults(projections, eventStore));
  if (faults.length > 0) throw new InvalidConfigurationError('The flow', faults);
}
