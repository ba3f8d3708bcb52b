import type { CommandOutcome, DispatchOptions } from './command';
import type { ResultOf } from './query';
import type { EventMetadata, RecordedEvent } from './recorded-event';

/** What every handler can do: messages that it dispatches carry the correct correlation and causation ids. */
export interface MessageContext {
  /** Dispatches a command caused by the message being handled. */
  dispatch(command: object, options?: DispatchOptions): Promise<CommandOutcome>;
  /** Sends a query. */
  query<Q extends object>(query: Q): Promise<ResultOf<Q>>;
}

/** The second parameter of a command handler. */
export interface CommandContext extends MessageContext {
  readonly commandId: string;
  readonly commandName: string;
  /** The metadata of the events of this command. */
  readonly metadata: EventMetadata;
  /** The current time of the application's clock. */
  readonly now: Date;
  readonly signal: AbortSignal | undefined;
  /** Returns a new UUID v7. Take ids from here, so that tests can control them. */
  newId(): string;
}

/** The second parameter of a listener. */
export interface EventContext extends MessageContext {
  /** The event with its envelope. */
  readonly event: RecordedEvent;
}

/** The second parameter of a query handler. */
export interface QueryContext extends MessageContext {
  readonly queryName: string;
}
