import type { ModuleMetadata, Type } from '@nestjs/common';
import type { EventProcessorDefinition, EventStore, Logger, OnError } from '../../../index';
import { must, type OptionChecks, refuseOptions } from '../../../store-kit';
import { refuseNoObject } from '../option-faults';

/** How the events of a handler class or a saga are followed. */
export interface FollowingOptions extends Pick<EventProcessorDefinition['options'], 'segments' | 'retry' | 'onError'> {}

/** How what @nestjs/cqrs publishes is stored and followed. */
export interface EventualityCqrsOptions {
  /**
   * Stores the events, and how far each handler is. It is closed with the application. Without it, they are stored by
   * the flow of `EventualityModule`, and messages of either reach the handlers of the other; `follow`, `logger` and
   * `onError` are then options of `EventualityModule`.
   */
  readonly eventStore?: EventStore;
  /**
   * The classes of events that no `@EventsHandler` names: those that only sagas follow. Feature modules can name theirs
   * with `EventualityCqrsModule.forFeature`.
   */
  readonly events?: readonly Type[];
  /**
   * Names what belongs together: each handler gets events with the same key in their order, and those behind a failing
   * one wait for it. Default: the events of one `publish`, `publishAll` or `commit` belong together.
   * @param dispatcher the aggregate that published the event, or what was passed to `publish` beside it
   */
  readonly sequenceOf?: (event: any, dispatcher: unknown) => string | undefined;
  /** How handlers and sagas follow, unless their `@Durable` says otherwise. */
  readonly following?: FollowingOptions;
  /**
   * Whether this process calls handlers and sagas; with `false` it only publishes, and others call them. Default true.
   */
  readonly follow?: boolean;
  /** Default the logger of Nest. */
  readonly logger?: Logger;
  /** Called for each failure that no caller sees: of handlers and sagas, and of storing what nothing awaits. */
  readonly onError?: OnError;
  /** How long the shutdown waits for handlers of what this process has published, in milliseconds; default 5,000. */
  readonly closeTimeout?: number;
}

/** Options of `EventualityCqrsModule.forRoot`. */
export interface EventualityCqrsRootOptions extends EventualityCqrsOptions {
  /** The name of the flow whose store is used, in an application with several; default `'default'`. */
  readonly flow?: string;
}

/** Options of `EventualityCqrsModule.forRootAsync`. */
export interface EventualityCqrsAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  /** The name of the flow whose store is used, in an application with several; default `'default'`. */
  readonly flow?: string;
  readonly inject?: any[];
  readonly useFactory: (...dependencies: any[]) => EventualityCqrsOptions | Promise<EventualityCqrsOptions>;
}

/** The token under which the module's options are injected. */
export const OPTIONS = Symbol('eventuality/nestjs/cqrs options');

/** The token under which the name of the module's flow is injected. */
export const FLOW = Symbol('eventuality/nestjs/cqrs flow');

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isFunction = (value: unknown): boolean => typeof value === 'function';

const CHECKS: OptionChecks<EventualityCqrsOptions> = {
  eventStore: must('an event store', isObject),
  events: must('a list of classes', value => Array.isArray(value) && value.every(isFunction)),
  sequenceOf: must('a function', isFunction),
  following: must('an object', isObject),
  follow: must('true or false', value => typeof value === 'boolean'),
  logger: must('a logger', isObject),
  onError: must('a function', isFunction),
  closeTimeout: must('a number of milliseconds from 0 on', value => Number.isFinite(value) && value >= 0),
};

/** @throws InvalidOptionsError with all faults; what the parts make of their options, they check themselves */
export function refuseCqrsOptions(options: EventualityCqrsOptions): void {
  const what = 'EventualityCqrsModule';
  refuseNoObject(what, options);
  refuseOptions(what, options, CHECKS);
}
