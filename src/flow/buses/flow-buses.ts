import { AggregateCommandHandler, FunctionCommandHandler, IdempotentCommands, TurnRegistry } from '../../commands';
import type { InFlight } from '../../concurrency';
import {
  type CommandMessage,
  type CommandOutcome,
  type EventReader,
  type FailureReporting,
  HANDLING,
  type RecordedEvent,
} from '../../messages';
import type { CommandRule } from '../../model';
import type { EventStore } from '../../store';
import { type Dispatcher, FlowCommandContext, FlowQueryContext } from '../contexts';
import { DuplicateHandlerError } from '../errors';
import {
  COMMAND_RETENTION_MS,
  type FlowParts,
  type GivenCommandHandler,
  type GivenQueryHandler,
  type MessageClasses,
} from '../flow-parts';
import type { Repositories } from '../repositories';
import { CommandBus } from './command-bus';
import { QueryBus } from './query-bus';

/** What the handlers of a Flow need. */
export interface HandlerSurroundings {
  readonly flow: Dispatcher;
  readonly eventStore: EventStore;
  readonly eventReader: EventReader;
  /** The event store, and the stores that it wraps: a handler may have a repository over any of them. */
  readonly stores: readonly [EventStore, ...EventStore[]];
  readonly repositories: Repositories;
  readonly running: InFlight;
  readonly reporting: FailureReporting;
  readonly recorded: (events: readonly RecordedEvent[]) => void;
}

/** Returns a handler that is given as a function as one without options. */
const withOptions = <Given>(given: Given): Exclude<Given, (...args: any[]) => unknown> =>
  (typeof given === 'function' ? { handle: given } : given) as Exclude<Given, (...args: any[]) => unknown>;

/** The command bus and the query bus of a Flow, with its middleware and its handlers. */
export class FlowBuses {
  readonly commands: CommandBus<CommandOutcome>;
  readonly queries: QueryBus;
  readonly #turns = new TurnRegistry();
  readonly #idempotent: IdempotentCommands;
  readonly #functions: FunctionCommandHandler;

  /** @throws DuplicateHandlerError with all names that have two handlers */
  constructor(
    parts: FlowParts,
    classes: Required<MessageClasses>,
    private readonly surroundings: HandlerSurroundings,
  ) {
    const { flow, eventStore, eventReader, stores, reporting, recorded, running } = surroundings;
    this.commands = new CommandBus(parts.inheritMetadata, parts.validate);
    this.queries = new QueryBus(message => new FlowQueryContext(flow, message), parts.validate, parts);
    this.#idempotent = new IdempotentCommands({
      eventStore,
      eventReader,
      retention: parts.commandRetention ?? COMMAND_RETENTION_MS,
      reporting,
    });
    this.#functions = new FunctionCommandHandler({
      // Usually they are one, which is then searched only once.
      stores: [...new Set(stores)] as [EventStore, ...EventStore[]],
      eventReader,
      running,
      turns: this.#turns,
      retry: parts.retry,
      recorded,
      contextOf: (message, unit) => new FlowCommandContext(flow, message, unit),
    });
    this.#addMiddleware(parts);
    this.#register(parts);
    for (const type of classes.commands) this.commands.expect(type);
    for (const type of classes.queries) this.queries.expect(type);
  }

  #addMiddleware({ middleware = [], queryMiddleware = [] }: FlowParts): void {
    const { running } = this.surroundings;
    if (middleware.length > 0) this.commands.use((message, next) => running.during(next(message)));
    for (const each of middleware) this.commands.use(each);
    for (const each of queryMiddleware) this.queries.use(each);
  }

  #register({ aggregates = [], commandHandlers = {}, queryHandlers = {}, retry }: FlowParts): void {
    const { flow, repositories, recorded, running } = this.surroundings;
    const contextOf = (message: CommandMessage): FlowCommandContext => new FlowCommandContext(flow, message);
    const shared = { recorded, running, turns: this.#turns, retry, contextOf };
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
      const { loader, definition } = repositories.of(aggregate);
      const handler = new AggregateCommandHandler(loader, shared);
      for (const [name, rule] of definition.commands) attempt(name, () => this.#registerRule(name, rule, handler));
    }
    for (const [name, handler] of Object.entries(commandHandlers))
      attempt(name, () => this.#registerFunction(name, handler));
    for (const [name, given] of Object.entries(queryHandlers)) {
      const { handle, schema } = withOptions<GivenQueryHandler>(given);
      attempt(name, () => this.queries.register(name, handle, schema));
    }
    if (duplicates.length > 0) throw new DuplicateHandlerError(duplicates);
  }

  #registerRule(name: string, rule: CommandRule, handler: AggregateCommandHandler): void {
    this.commands.register(
      name,
      (_command, message) => {
        if (message.options.commandId === undefined) return handler[HANDLING](message, rule);
        return this.#once(message, async () => handler[HANDLING](message, rule));
      },
      rule.schema,
    );
  }

  #registerFunction(name: string, given: GivenCommandHandler): void {
    const { handle, retry, schema } = withOptions<GivenCommandHandler>(given);
    this.commands.register(
      name,
      (_command, message) => {
        if (message.options.commandId === undefined) return this.#functions[HANDLING](handle, message, retry);
        return this.#once(message, () => this.#functions[HANDLING](handle, message, retry));
      },
      schema,
    );
  }

  #once(message: CommandMessage, handle: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
    return this.surroundings.running.during(this.#idempotent.run(message, handle));
  }
}
