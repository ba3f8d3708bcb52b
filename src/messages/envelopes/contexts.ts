import type { CommandOutcome, DispatchOptions } from './command';
import type { ResultOf } from './query';
import type { EventMetadata, RecordedEvent } from './recorded-event';
import type { ScheduleOptions } from './schedule-options';

/** What every handler can do: messages that it dispatches carry the correct correlation and causation ids. */
export interface MessageContext {
  /** Dispatches a command caused by the message being handled. */
  dispatch(command: object, options?: DispatchOptions): Promise<CommandOutcome>;
  /** Sends a query. */
  query<Q extends object>(query: Q): Promise<ResultOf<Q>>;
}

/** What the handlers of commands and of events can do, in a flow with the option `scheduling`. */
export interface SchedulingContext {
  /**
   * Schedules a command caused by the message being handled, and resolves to its key. It is stored at once, whether or
   * not the handler succeeds. When the handler runs again, the command takes effect once all the same.
   */
  schedule(command: object, options: ScheduleOptions): Promise<string>;
  /** Deletes a scheduled command; returns whether it was there. */
  unschedule(key: string): Promise<boolean>;
}

/** The second parameter of a command handler. */
export interface CommandContext extends MessageContext, SchedulingContext {
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
export interface EventContext extends MessageContext, SchedulingContext {
  /** The event with its envelope. */
  readonly event: RecordedEvent;
  /** The metadata of the event. */
  readonly metadata: EventMetadata;
}

/** The second parameter of a query handler. */
export interface QueryContext extends MessageContext {
  readonly queryName: string;
  /**
   * Entries such as `actor`: those that the query inherits from the message whose handler sent it, with its
   * `correlationId`, or for a query from outside those of the flow's option `metadata`.
   */
  readonly metadata: Readonly<Record<string, unknown>>;
}
