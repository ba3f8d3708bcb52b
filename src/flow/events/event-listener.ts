import type { EventContext, EventReader, OnError, RecordedEvent } from '../../messages';
import type { Middleware } from '../buses/middleware';

/** Handles events; receives each with its envelope and a context. */
export type EventListener<Payload extends object = any> = (
  event: RecordedEvent<Payload>,
  context: EventContext,
) => unknown;

/** Listeners by event name. The functions of one map are one listener, so they are called one after the other. */
export type EventListeners = Readonly<Record<string, EventListener | readonly EventListener[]>>;

/** Creates the second parameter of listeners and, if needed, calls them inside a context. */
export interface EventContexts {
  of(event: RecordedEvent): EventContext;
  run?(event: RecordedEvent, listen: () => unknown): unknown;
  /** How recorded events are read, where an earlier version of theirs is written; default as they are. */
  readonly reader?: EventReader;
  /** Called with the failures of listeners, in addition to the hook of the bus. */
  readonly onError?: OnError | undefined;
}

/** The delivery of an event to one listener, as middleware sees it. */
export interface EventDelivery {
  readonly event: RecordedEvent;
  readonly context: EventContext;
  readonly listener: EventListener;
}

/** Wraps each delivery of an event to a listener. An error that it throws counts as the listener's failure. */
export type EventMiddleware = Middleware<EventDelivery, unknown>;
