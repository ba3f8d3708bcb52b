import type { HandlerContext } from '../commands';
import type { ClassReference, CommandContext, IsAny, Query, QueryContext, ResultOf } from '../messages';
import {
  AggregateRoot,
  COMMAND_HANDLERS,
  type CommandHandlerOptions,
  EVENT_HANDLERS,
  type EventsOf,
  type ForeignEvents,
  QUERY_HANDLERS,
  REPLAY_HANDLERS,
} from '../model';
import type { ProcessContext, ProjectionContext, ReactorContext } from '../processing';
import { handlerDecorator } from './dialect';

/**
 * What a method decorator returns to the compiler: nothing, or the fault of the method. The compiler then says in one
 * line that this fault is not assignable to void; it explains a call that it cannot resolve in ten lines, with the
 * cause at their end.
 */
type HandlerFault<Method, Takes, Context, Otherwise, Named extends string> = Method extends (...args: any[]) => unknown
  ? Method extends (this: any, message: Takes, ...rest: any[]) => unknown
    ? Method extends (this: any, message: Takes, context: Context) => unknown
      ? Otherwise
      : { 'the context of this handler is': Context }
    : {
        [Key in `the method takes another ${Named}` | 'the decorator names']: Key extends 'the decorator names'
          ? Takes
          : Parameters<Method>[0];
      }
  : { 'a handler is a method': 'this is a field' };

/** The class of a decorated method, and the method, from the arguments of a legacy or a TC39 decorator. */
type ClassOf<Target, Key> = Key extends DecoratorContext
  ? Key extends ClassMethodDecoratorContext<infer A, any>
    ? A
    : never
  : Target;
export type MethodOf<Target, Key, Descriptor> = Key extends DecoratorContext
  ? Target
  : Descriptor extends TypedPropertyDescriptor<infer Method>
    ? Method
    : 'a field';

type ContextOf<A> = A extends AggregateRoot<any> ? CommandContext : HandlerContext;
/** The events of a decision. */
type EventsIn<Returned> =
  Awaited<Returned> extends infer Events
    ? Events extends readonly (infer E)[]
      ? E
      : Exclude<Events, void | null | undefined>
    : never;
type DecisionFault<A, Method> =
  A extends AggregateRoot<any>
    ? Method extends (...args: any[]) => infer Returned
      ? [ForeignEvents<EventsIn<Returned>, EventsOf<A>>] extends [never]
        ? void
        : { 'it returns what is not an event of the aggregate': ForeignEvents<EventsIn<Returned>, EventsOf<A>> }
      : never
    : void;

/**
 * Decorates a method `(command, context) => events` in either dialect. Its parameter must be the command, and its
 * result events of the aggregate.
 */
export type CommandHandlerDecorator<C> = <Target, Key, Descriptor = undefined>(
  target: Target,
  key: Key,
  descriptor?: Descriptor,
) => CommandHandlerFault<C, ClassOf<Target, Key>, MethodOf<Target, Key, Descriptor>>;
type CommandHandlerFault<C, A, Method> = HandlerFault<Method, C, ContextOf<A>, DecisionFault<A, Method>, 'command'>;

/**
 * Every possible context of an event: a handler takes the one of its class, `ProjectionContext`, `ReactorContext`,
 * `ProcessContext` or `EventContext`.
 */
type FollowingContext = ReactorContext & ProjectionContext<any> & ProcessContext;
/** The named event, or the one that the method takes. */
type EventOf<E, Method> =
  IsAny<E> extends true ? (Method extends (event: infer Taken, ...rest: any[]) => unknown ? Taken : E) : E;
type OwnEventFault<A, E> =
  A extends AggregateRoot<any>
    ? [ForeignEvents<E, EventsOf<A>>] extends [never]
      ? void
      : { 'it handles what is not an event of the aggregate': ForeignEvents<E, EventsOf<A>> }
    : void;

/** Decorates a method `(event, context) => void` in either dialect; its parameter must be the event. */
export type EventHandlerDecorator<E> = <Target, Key, Descriptor = undefined>(
  target: Target,
  key: Key,
  descriptor?: Descriptor,
) => EventHandlerFault<E, ClassOf<Target, Key>, MethodOf<Target, Key, Descriptor>>;
type EventHandlerFault<E, A, Method> = HandlerFault<
  Method,
  E,
  FollowingContext,
  OwnEventFault<A, EventOf<E, Method>>,
  'event'
>;

/**
 * Decorates a method `(query, context) => result` in either dialect. Its parameter must be the query, its result that
 * of the query.
 */
export type QueryHandlerDecorator<Q, R> = <Target, Key, Descriptor = undefined>(
  target: Target,
  key: Key,
  descriptor?: Descriptor,
) => QueryHandlerFault<Q, R, MethodOf<Target, Key, Descriptor>>;
type QueryHandlerFault<Q, R, Method> = HandlerFault<Method, Q, QueryContext, AnswerFault<R, Method>, 'query'>;
type AnswerFault<R, Method> = Method extends (...args: any[]) => R | Promise<R>
  ? void
  : {
      'the result of the query is': R;
      'the method returns': Method extends (...args: any[]) => infer Returned ? Returned : never;
    };

/**
 * Marks the method that handles a command, of an aggregate or of a class that the container creates for each command.
 *
 * The method returns an event, a list of events, nothing, or a promise of these. Without an argument the command is the
 * class of the method's first parameter; this needs legacy decorators with `emitDecoratorMetadata`.
 * @example @CommandHandler(CreateTodo, { creates: true }) create({ text }: CreateTodo) { return new TodoCreated(text);
 * }
 */
export function CommandHandler(): CommandHandlerDecorator<any>;
export function CommandHandler<C extends object>(
  command: ClassReference<C>,
  options?: CommandHandlerOptions<C>,
): CommandHandlerDecorator<C>;
export function CommandHandler(
  ...args: [command?: ClassReference, options?: CommandHandlerOptions]
): CommandHandlerDecorator<any> {
  return handlerDecorator(COMMAND_HANDLERS, args[0], args.length === 0, args[1]) as CommandHandlerDecorator<any>;
}

/**
 * Marks the method that handles an event. In an aggregate it changes the state, and nothing else does. In a class with
 * `@Projection` it writes documents, with a `ProjectionContext`; in one with `@Reactor` it has effects, with a
 * `ReactorContext`. In any other class it is a listener, called after the event was stored, with an `EventContext`. It
 * always receives an instance of the event class. Without an argument the event is the class of the method's first
 * parameter.
 */
export function EventHandler(): EventHandlerDecorator<any>;
export function EventHandler<E extends object>(event: ClassReference<E>): EventHandlerDecorator<E>;
export function EventHandler(...args: [event?: ClassReference]): EventHandlerDecorator<any> {
  return handlerDecorator(EVENT_HANDLERS, args[0], args.length === 0) as EventHandlerDecorator<any>;
}

/**
 * Marks the method of a projection or reactor that replaces the `@EventHandler` for replayed events, while a version
 * fills for the first time: to handle them differently, or without effects.
 */
export function ReplayHandler(): EventHandlerDecorator<any>;
export function ReplayHandler<E extends object>(event: ClassReference<E>): EventHandlerDecorator<E>;
export function ReplayHandler(...args: [event?: ClassReference]): EventHandlerDecorator<any> {
  return handlerDecorator(REPLAY_HANDLERS, args[0], args.length === 0) as EventHandlerDecorator<any>;
}

/** Marks the method that answers a query. It returns the result of the query or a promise of it. */
export function QueryHandler(): QueryHandlerDecorator<any, any>;
export function QueryHandler<Q extends Query<any>>(query: ClassReference<Q>): QueryHandlerDecorator<Q, ResultOf<Q>>;
export function QueryHandler(...args: [query?: ClassReference]): QueryHandlerDecorator<any, any> {
  return handlerDecorator(QUERY_HANDLERS, args[0], args.length === 0) as QueryHandlerDecorator<any, any>;
}
