import type { EventContext, OnError, RecordedEvent } from '../../messages';
import type { Middleware } from '../buses/middleware';

/** Follows events: gets each with its envelope, and what it can do with it. */
export type EventListener<Payload extends object = any> = (
  event: RecordedEvent<Payload>,
  context: EventContext,
) => unknown;

/** Listeners by event name; the functions of one map are one listener: they are called one after the other. */
export type EventListeners = Readonly<Record<string, EventListener | readonly EventListener[]>>;

/**
 * Makes what listeners get as their second parameter; and, where that matters, calls them inside a context of its own.
 */
export interface EventContexts {
  of(event: RecordedEvent): EventContext;
  run?(event: RecordedEvent, listen: () => unknown): unknown;
  /** Told what listeners fail with, beside the hook of the bus. */
  readonly onError?: OnError;
}

/** An event on its way to one listener, as middleware sees it. */
export interface EventDelivery {
  readonly event: RecordedEvent;
  readonly context: EventContext;
  readonly listener: EventListener;
}

/** Wraps each delivery of an event to a listener; what it throws counts as the listener's failure. */
export type EventMiddleware = Middleware<EventDelivery, unknown>;
