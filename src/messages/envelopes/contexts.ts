import type { CommandOutcome, DispatchOptions } from './command';
import type { ResultOf } from './query';
import type { EventMetadata, RecordedEvent } from './recorded-event';

/**
 * What every handler can do beside its own work; what it dispatches carries the right correlation and causation by
 * itself.
 */
export interface MessageContext {
  /** Dispatches a command that follows from the message being handled. */
  dispatch(command: object, options?: DispatchOptions): Promise<CommandOutcome>;
  /** Asks a query. */
  query<Q extends object>(query: Q): Promise<ResultOf<Q>>;
}

/** What a command handler is given as its second parameter. */
export interface CommandContext extends MessageContext {
  readonly commandId: string;
  readonly commandName: string;
  /** What the events of this command will carry. */
  readonly metadata: EventMetadata;
  /** The time by the application's clock. */
  readonly now: Date;
  readonly signal: AbortSignal | undefined;
  /** Returns a new UUID v7; take ids from here, so that tests can decide them. */
  newId(): string;
}

/** What an event listener is given as its second parameter. */
export interface EventContext extends MessageContext {
  /** The event with its envelope. */
  readonly event: RecordedEvent;
}

/** What a query handler is given as its second parameter. */
export interface QueryContext extends MessageContext {
  readonly queryName: string;
}
