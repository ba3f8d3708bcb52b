import type { HandlerContext } from '../commands';
import {
  type Clock,
  CommandMessage,
  type CommandOutcome,
  DispatchedCommands,
  type DispatchOptions,
  derivedId,
  type EventContext,
  type EventMetadata,
  type MessageCause,
  type QueryContext,
  type RecordedEvent,
  type ResultOf,
  type ScheduleOptions,
} from '../messages';
import type { AggregateClass, AggregateDefinition } from '../model';
import type { Repository, UnitOfWork } from '../repository';
import type { QueryMessage } from './buses/query-bus';

/** What contexts need from their Flow. */
export interface Dispatcher {
  readonly clock: Clock;
  readonly newId: () => string;
  dispatchFrom(
    command: object,
    options: DispatchOptions | undefined,
    cause: MessageCause | undefined,
    parent?: CommandMessage,
  ): Promise<CommandOutcome>;
  queryFrom<Q extends object>(query: Q, cause: MessageCause | undefined): Promise<ResultOf<Q>>;
  scheduleFrom(command: object, options: ScheduleOptions, cause: MessageCause): Promise<string>;
  unschedule(key: string): Promise<boolean>;
  repositoryOf<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A>;
}

// The contexts below create a function only when a handler accesses it, because most handlers do not. It can be passed
// on, as it needs no `this`.

/** The context of one command. */
export class FlowCommandContext implements HandlerContext {
  #scheduled = 0;

  constructor(
    private readonly flow: Dispatcher,
    private readonly message: CommandMessage,
    private readonly unit?: UnitOfWork,
  ) {
    message.dispatched?.again();
  }

  get commandId(): string {
    return this.message.id;
  }

  get commandName(): string {
    return this.message.name;
  }

  get metadata(): EventMetadata {
    return this.message.metadata;
  }

  get now(): Date {
    return new Date(this.flow.clock.now());
  }

  get signal(): AbortSignal | undefined {
    return this.message.options.signal;
  }

  get newId(): HandlerContext['newId'] {
    return this.flow.newId;
  }

  get dispatch(): HandlerContext['dispatch'] {
    return async (command, options) => {
      const { flow, message } = this;
      message.dispatched ??= new DispatchedCommands();
      const causeId = options?.commandId === undefined ? message.options.commandId : undefined;
      return message.dispatched.dispatch(command, causeId, commandId =>
        flow.dispatchFrom(command, commandId === undefined ? options : { ...options, commandId }, message, message),
      );
    };
  }

  get query(): HandlerContext['query'] {
    return query => this.flow.queryFrom(query, this.message);
  }

  get schedule(): HandlerContext['schedule'] {
    // One after the other, the same when the handler runs again.
    return (command, options) => {
      const commandId = options?.commandId ?? derivedId(`${this.message.id} schedule`, ++this.#scheduled);
      return this.flow.scheduleFrom(command, { ...options, commandId }, this.message);
    };
  }

  get unschedule(): HandlerContext['unschedule'] {
    return key => this.flow.unschedule(key);
  }

  get repository(): HandlerContext['repository'] {
    return aggregate => {
      const repository = this.flow.repositoryOf(aggregate);
      return this.unit ? repository.within(this.unit) : repository;
    };
  }
}

/** The context of one event, for its listeners. */
export class FlowEventContext implements EventContext {
  constructor(
    private readonly flow: Dispatcher,
    readonly event: RecordedEvent,
  ) {}

  get metadata(): EventMetadata {
    return this.event.metadata;
  }

  get dispatch(): EventContext['dispatch'] {
    return (command, options) => this.flow.dispatchFrom(command, options, causeOf(this.event));
  }

  get query(): EventContext['query'] {
    return query => this.flow.queryFrom(query, causeOf(this.event));
  }

  get schedule(): EventContext['schedule'] {
    return (command, options) => this.flow.scheduleFrom(command, options, causeOf(this.event));
  }

  get unschedule(): EventContext['unschedule'] {
    return key => this.flow.unschedule(key);
  }
}

/** The context of one query. */
export class FlowQueryContext implements QueryContext {
  constructor(
    private readonly flow: Dispatcher,
    private readonly message: QueryMessage,
  ) {}

  get queryName(): string {
    return this.message.name;
  }

  get metadata(): QueryContext['metadata'] {
    return this.message.metadata;
  }

  get dispatch(): QueryContext['dispatch'] {
    const { cause } = this.message;
    const parent = cause instanceof CommandMessage ? cause : undefined;
    return (command, options) => this.flow.dispatchFrom(command, options, cause, parent);
  }

  get query(): QueryContext['query'] {
    return query => this.flow.queryFrom(query, this.message.cause);
  }
}

/** Returns an event as the cause of what its listeners dispatch. */
export const causeOf = ({ id, metadata }: RecordedEvent): MessageCause => ({
  id,
  correlationId: metadata.correlationId,
  metadata,
});
