import 'reflect-metadata';
import type { FollowingOptions } from './options';

/** Options of `@Durable`. */
export interface DurableOptions extends FollowingOptions {
  /** The name under which its progress is stored; default that of the class, or `Class.method` for a saga. */
  readonly name?: string;
  /**
   * For a saga that keeps nothing between events: its method is called for each event, with an observable of this one
   * event, and the event is done when what the method returned has completed. So what it emits later (`delay`,
   * asynchronous operators) is not lost when the process dies. Default false: one observable of all events.
   */
  readonly perEvent?: boolean;
}

const DURABLE = 'eventuality:nestjs-cqrs:durable';

/**
 * Says how the class of an `@EventsHandler`, or the method of a `@Saga`, follows its events, and gives it a durable
 * name, so that it can be renamed.
 * @example @EventsHandler(OrderPaid) @Durable({ name: 'mailer', segments: 4 }) class Mailer {}
 */
export const Durable =
  (options: DurableOptions) =>
  (target: object, key?: string | symbol): void => {
    if (key === undefined) Reflect.defineMetadata(DURABLE, options, target);
    else Reflect.defineMetadata(DURABLE, options, target.constructor, key);
  };

/** Returns what `@Durable` says about a class, or about a method of it. */
export const durableOptions = (type: Function, key?: string | symbol): DurableOptions =>
  (key === undefined ? Reflect.getMetadata(DURABLE, type) : Reflect.getMetadata(DURABLE, type, key)) ?? {};
