import { AsyncLocalStorage } from 'node:async_hooks';
import { AggregateCommandHandler, FunctionCommandHandler, IdempotentCommands, TurnRegistry } from '../commands';
import { InFlight } from '../concurrency';
import {
  type ClassReference,
  type Clock,
  type CommandMessage,
  type CommandOutcome,
  consoleLogger,
  type DispatchOptions,
  isWithinHandler,
  type MessageCause,
  newId,
  type ProjectionReference,
  type RecordedEvent,
  type ResultOf,
  systemClock,
} from '../messages';
import { type AggregateClass, type AggregateDefinition, type CommandRule, definitionOf } from '../model';
import { type EventProcessors, type ProjectionDefinition, type ReadModel, type ViewOf } from '../processing';
import { expectRepositories, Repository, type RepositoryOptions, runOutsideOfUnits } from '../repository';
import { type EventStore } from '../store';
import { classChecked } from './class-checked-event-store';
import { CommandBus } from './command-bus';
import { causeOf, FlowCommandContext, FlowEventContext, FlowQueryContext } from './contexts';
import { CloseWithinHandlerError, DuplicateHandlerError, FlowClosedError } from './errors';
import { EventBus } from './event-bus';
import type { EventContexts } from './event-listener';
import { COMMAND_RETENTION_MS, type FlowParts, type GivenCommandHandler } from './flow-parts';
import { classesOf } from './known-classes';
import { refuseFaults } from './part-checks';
import { QueryBus } from './query-bus';
import { ReadSide, type WaitOptions, type WatchOptions } from './read-side';

const CLOSE_TIMEOUT_MS = 10_000;

interface Ambient {
  readonly cause: MessageCause;
  readonly parent: CommandMessage | undefined;
}

/**
 * Carries commands to their handlers, events to their listeners, and queries to their answers.
 *
 * A command goes through the middleware to its handler; what that decides is appended to the store and then given to
 * the event bus.
 */
export class Flow {
  readonly eventStore: EventStore;
  readonly eventBus: EventBus | undefined;
  readonly clock: Clock;
  /** Makes the ids of `context.newId()`. */
  readonly newId: () => string;
  readonly #commands: CommandBus<CommandOutcome>;
  readonly #queries = new QueryBus(({ name, cause }) => new FlowQueryContext(this, name, cause));
  readonly #repositories = new Map<AggregateDefinition, Repository>();
  readonly #repositoryOptions: RepositoryOptions;
  readonly #ambient: AsyncLocalStorage<Ambient> | undefined;
  readonly #eventContexts: EventContexts;
  readonly #running = new InFlight();
  readonly #turns = new TurnRegistry();
  readonly #readSide: ReadSide;
  readonly #idempotent: IdempotentCommands;
  readonly #functions: FunctionCommandHandler;
  readonly #closeTimeout: number;
  /** Nothing is under way any more: from here on contexts that were kept are refused, too. */
  #ended = false;
  #closing: Promise<void> | undefined;

  /** @throws InvalidConfigurationError, DuplicateHandlerError, InvalidAggregateError: with all faults of their kind */
  constructor(parts: FlowParts) {
    refuseFaults(parts);
    this.#commands = new CommandBus(parts.inheritMetadata);
    const { eventBus, listeners, clock = systemClock, logger = consoleLogger, cache = false } = parts;
    this.#readSide = new ReadSide({
      eventStore: parts.eventStore,
      definitions: parts.processors ?? [],
      follow: parts.follow ?? true,
      logger,
      onError: parts.onError,
      clock,
      eventContext: event => new FlowEventContext(this, event),
    });
    const classes = classesOf(parts);
    this.eventStore = classChecked(this.#readSide.eventStore, classes.events);
    this.eventBus = eventBus ?? (listeners ? new EventBus({ logger }) : undefined);
    this.clock = clock;
    const { eventStore } = this;
    this.#idempotent = new IdempotentCommands({
      eventStore,
      retention: parts.commandRetention ?? COMMAND_RETENTION_MS,
      logger,
    });
    this.#functions = new FunctionCommandHandler({
      stores: [eventStore, this.#readSide.eventStore, parts.eventStore],
      turns: this.#turns,
      retry: parts.retry,
      recorded: events => this.#publish(events),
      contextOf: (message, unit) => new FlowCommandContext(this, message, unit),
    });
    this.newId = parts.newId ?? (() => newId());
    const snapshots = parts.snapshotStore === undefined ? {} : { snapshotStore: parts.snapshotStore };
    this.#repositoryOptions = { cache, logger, ...snapshots, recorded: events => this.#publish(events) };
    this.#ambient = parts.ambientCausation ? new AsyncLocalStorage() : undefined;
    this.#eventContexts = { ...this.#contextsOfEvents(), ...(parts.onError && { onError: parts.onError }) };
    this.#closeTimeout = parts.closeTimeout ?? CLOSE_TIMEOUT_MS;
    if (parts.middleware?.length) this.#commands.use((message, next) => this.#running.during(next(message)));
    for (const middleware of parts.middleware ?? []) this.#commands.use(middleware);
    for (const middleware of parts.queryMiddleware ?? []) this.#queries.use(middleware);
    this.#register(parts);
    for (const type of classes.commands) this.#commands.expect(type);
    for (const type of classes.queries) this.#queries.expect(type);
    if (listeners) this.eventBus?.subscribe(listeners);
    // Not before whoever makes this flow is done with it.
    setImmediate(() => this.#closing || this.processors.start());
  }

  /** The projections and reactors that this flow runs: their status, rebuilds, and what is parked. */
  get processors(): EventProcessors {
    return this.#readSide.processors;
  }

  /** The names of the commands that have a handler. */
  get commandNames(): Iterable<string> {
    return this.#commands.names;
  }

  /**
   * Carries out a command: an instance of its class, or a plain `{ name, message }` object. No events means that it
   * failed.
   * @throws InvalidOptionsError, UnknownCommandError, MessageClassMismatchError, AggregateNotFoundError,
   * AggregateAlreadyExistsError, MissingAggregateIdError, ConcurrencyError, FlowClosedError, and whatever its handler
   * throws; nothing was appended then
   */
  dispatch(command: object, options?: DispatchOptions): Promise<CommandOutcome> {
    const ambient = this.#ambient?.getStore();
    if (this.#closing && !ambient) return Promise.reject(new FlowClosedError(command));
    return this.dispatchFrom(command, options, ambient?.cause, ambient?.parent);
  }

  /**
   * Answers a query: an instance of its class, or a plain `{ name, message }` object. @throws UnknownQueryError,
   * MessageClassMismatchError, FlowClosedError
   */
  async query<Q extends object>(query: Q): Promise<ResultOf<Q>> {
    if (this.#closing) throw new FlowClosedError(query);
    return this.queryFrom(query, this.#ambient?.getStore()?.cause);
  }

  /** Returns the repository of an aggregate, the same one each time; what it saves is given to the event bus. */
  repository<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A> {
    expectRepositories(this.eventStore);
    return this.repositoryOf(aggregate);
  }

  /** @internal */
  repositoryOf<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A> {
    const definition = definitionOf(aggregate);
    let repository = this.#repositories.get(definition);
    if (!repository) {
      repository = new Repository(definition, this.eventStore, this.#repositoryOptions);
      this.#repositories.set(definition, repository);
    }
    return repository;
  }

  /**
   * Returns the documents of a projection: by its class, its definition or its name, the same object each time. @throws
   * UnknownProjectionError
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
   * Resolves when all projections and reactors, or those named, are done with everything up to a position.
   * @throws InvalidOptionsError, WaitTimeoutError, UnknownProjectionError
   */
  waitFor(position: bigint, options?: WaitOptions): Promise<void> {
    return this.#readSide.waitFor(position, options);
  }

  /**
   * Gives the result of a query now, and again after each change of the read models it reads; the same result is not
   * given twice. Ends when the signal is aborted, the loop is left, or the flow is closed; and with the error of a
   * handler that throws.
   * @throws InvalidOptionsError, FlowClosedError
   */
  watch<Q extends object>(query: Q, options: WatchOptions = {}): AsyncIterable<ResultOf<Q>> {
    if (this.#closing) throw new FlowClosedError(query);
    const cause = this.#ambient?.getStore()?.cause;
    return this.#readSide.watch(() => this.queryFrom(query, cause), options);
  }

  /**
   * Refuses new commands, ends live queries, waits until those under way, the listeners, the projections and the
   * snapshots are done, and closes the event store. In a handler or listener it is not awaited: there it rejects with
   * CloseWithinHandlerError, and the flow closes when the handler is done. Listeners of the event bus are waited for
   * until `closeTimeout`, then reported and left behind. Calling it again returns the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    if (!isWithinHandler()) return this.#closing;
    // The flow closes all the same, when the handler is done: only who awaits it there would wait for ever.
    const refused = Promise.reject(new CloseWithinHandlerError());
    refused.catch(() => undefined);
    return refused;
  }

  /** @internal No promise is handed through with a `then` beside it: that would cut the stack of errors off here. */
  dispatchFrom(
    command: object,
    options?: DispatchOptions,
    cause?: MessageCause,
    parent?: CommandMessage,
  ): Promise<CommandOutcome> {
    if (this.#ended) return Promise.reject(new FlowClosedError(command));
    if (options?.waitFor) {
      return this.#running.during(
        this.#readSide.waiting(options, rest => this.dispatchFrom(command, rest, cause, parent)),
      );
    }
    let message: CommandMessage;
    try {
      message = this.#commands.message(command, options, cause, parent);
    } catch (error) {
      return Promise.reject(error);
    }
    const ambient = this.#ambient;
    if (ambient)
      return ambient.run({ cause: message, parent: message }, () =>
        runOutsideOfUnits(() => this.#commands.send(message)),
      );
    return runOutsideOfUnits(() => this.#commands.send(message));
  }

  /** @internal */
  queryFrom<Q extends object>(query: Q, cause?: MessageCause): Promise<ResultOf<Q>> {
    if (this.#ended) return Promise.reject(new FlowClosedError(query));
    return runOutsideOfUnits(() => this.#queries.query(query, cause));
  }

  #register({ aggregates = [], commandHandlers = {}, queryHandlers = {}, retry }: FlowParts): void {
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
      const repository = this.repositoryOf(aggregate);
      const surroundings = {
        recorded: (events: readonly RecordedEvent[]) => this.#publish(events),
        running: this.#running,
        turns: this.#turns,
        retry,
      };
      const handler = new AggregateCommandHandler(repository.loader, surroundings);
      for (const [name, rule] of repository.definition.commands)
        attempt(name, () => this.#registerRule(name, rule, handler));
    }
    for (const [name, handler] of Object.entries(commandHandlers))
      attempt(name, () => this.#registerFunction(name, handler));
    for (const [name, handler] of Object.entries(queryHandlers))
      attempt(name, () => this.#queries.register(name, handler));
    if (duplicates.length > 0) throw new DuplicateHandlerError(duplicates);
  }

  #registerRule(name: string, rule: CommandRule, handler: AggregateCommandHandler): void {
    this.#commands.register(name, (_command, message) => {
      const handle = () => handler.handle(message, rule, () => new FlowCommandContext(this, message));
      return message.options.commandId === undefined ? handle() : this.#once(message, handle);
    });
  }

  #registerFunction(name: string, given: GivenCommandHandler): void {
    const { handle, retry } = typeof given === 'function' ? { handle: given, retry: undefined } : given;
    this.#commands.register(name, (_command, message) => {
      const run = () => this.#functions.handle(handle, message, retry);
      return message.options.commandId === undefined ? this.#running.during(run()) : this.#once(message, run);
    });
  }

  #once(message: CommandMessage, handle: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
    return this.#running.during(this.#idempotent.run(message, handle));
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
    this.#readSide.endWatches();
    let drained = true;
    do {
      await this.#running.idle();
      if (drained && this.eventBus) drained = await this.eventBus.drain({ timeout: this.#closeTimeout });
      await this.processors.close();
    } while (this.#running.busy);
    this.#ended = true;
    for (const repository of this.#repositories.values()) await repository.drain();
    await this.eventStore.close();
  }
}
