import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type ClassReference,
  type Clock,
  type CommandMessage,
  type CommandOutcome,
  consoleLogger,
  type DispatchOptions,
  type MessageCause,
  type ProjectionReference,
  type RecordedEvent,
  type ResultOf,
  systemClock,
} from '../messages';
import { type AggregateClass, type AggregateDefinition, type CommandRule, definitionOf } from '../model';
import { type ProjectionDefinition, type Projections, type ReadModel, type ViewOf } from '../processing';
import { AggregateCommandHandler, Repository, type RepositoryOptions, type UnitOfWork } from '../repository';
import { type EventStore, Running } from '../store';
import { CommandBus } from './command-bus';
import { causeOf, FlowCommandContext, FlowEventContext, FlowQueryContext } from './contexts';
import { DuplicateHandlerError, FlowClosedError } from './errors';
import { EventBus } from './event-bus';
import type { EventContexts } from './event-listener';
import type { FlowParts } from './flow-parts';
import { type FlowCommandHandler, runHandlerFunction } from './function-command-handler';
import { refuseFaults } from './part-checks';
import { QueryBus } from './query-bus';
import { ReadSide, type WaitOptions, type WatchOptions } from './read-side';

interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/**
 * Carries commands to their handlers, events to their listeners, and queries to their answers.
 *
 * A command goes through the middleware to its handler; what that decides is appended to the store and then given to the event bus.
 */
export class Flow {
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
    const { eventBus, listeners, clock = systemClock, logger = consoleLogger, cache = false } = parts;
    this.#readSide = new ReadSide({
      eventStore: parts.eventStore,
      definitions: parts.projections ?? [],
      follow: parts.follow ?? true,
      logger,
      clock,
      eventContext: event => new FlowEventContext(this, event),
    });
    this.eventStore = this.#readSide.eventStore;
    this.eventBus = eventBus ?? (listeners ? new EventBus({ logger }) : undefined);
    this.clock = clock;
    const snapshots = parts.snapshotStore === undefined ? {} : { snapshotStore: parts.snapshotStore };
    this.#repositoryOptions = { cache, logger, ...snapshots, recorded: events => this.#publish(events) };
    this.#ambient = parts.ambientCausation ? new AsyncLocalStorage() : undefined;
    this.#eventContexts = this.#contextsOfEvents();
    if (parts.middleware?.length) this.#commands.use((message, next) => this.#running.during(next(message)));
    for (const middleware of parts.middleware ?? []) this.#commands.use(middleware);
    for (const middleware of parts.queryMiddleware ?? []) this.#queries.use(middleware);
    this.#register(parts);
    if (listeners) this.eventBus?.subscribe(listeners);
    // Not before whoever makes this flow is done with it.
    setImmediate(() => this.#closed || this.projections.start());
  }

  /** The projections and durable listeners that this flow runs: their status, rebuilds, and what is parked. */
  get projections(): Projections {
    return this.#readSide.projections;
  }

  /** The names of the commands that have a handler. */
  get commandNames(): Iterable<string> {
    return this.#commands.names;
  }

  /**
   * Carries out a command: an instance of its class, or a plain `{ name, message }` object. No events means that it failed.
   * @throws InvalidOptionsError, UnknownCommandError, AggregateNotFoundError, AggregateAlreadyExistsError, MissingAggregateIdError, ConcurrencyError,
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
  readModel<View extends object, Index extends string>(projection: ProjectionDefinition<View, Index>): ReadModel<View, Index>;
  readModel<View extends object>(projection: ProjectionDefinition<View> | ClassReference | string): ReadModel<View>;
  readModel(projection: ProjectionReference): ReadModel {
    return this.#readSide.readModel(projection);
  }

  /**
   * Resolves when all projections and durable listeners, or those named, are done with everything up to a position.
   * @throws InvalidOptionsError, WaitTimeoutError, UnknownProjectionError
   */
  waitFor(position: bigint, options?: WaitOptions): Promise<void> {
    return this.#readSide.waitFor(position, options);
  }

  /**
   * Gives the result of a query now, and again after each change of the read models it reads; the same result is not given twice. Ends when
   * the signal is aborted, the loop is left, or the flow is closed; and with the error of a handler that throws.
   * @throws InvalidOptionsError, FlowClosedError
   */
  watch<Q extends object>(query: Q, options: WatchOptions = {}): AsyncIterable<ResultOf<Q>> {
    if (this.#closed) throw new FlowClosedError(query?.constructor?.name ?? String(query));
    const cause = this.#ambient?.getStore()?.cause;
    return this.#readSide.watch(() => this.queryFrom(query, cause), options);
  }

  /**
   * Refuses new commands, ends live queries, waits until those under way, the listeners, the projections and the snapshots are done, and closes the event store.
   * Calling it again returns the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @internal No promise is handed through with a `then` beside it: that would cut the stack of errors off here. */
  dispatchFrom(command: object, options?: DispatchOptions, cause?: MessageCause, parent?: CommandMessage): Promise<CommandOutcome> {
    if (options?.waitFor) {
      return this.#running.during(this.#readSide.waiting(options, rest => this.dispatchFrom(command, rest, cause, parent)));
    }
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
      await this.projections.close();
    } while (this.#running.busy);
    for (const repository of this.#repositories.values()) await repository.drain();
    await this.eventStore.close();
  }
}
