import type { ClassReference, CommandContext, Query, QueryContext, ResultOf } from '../messages';
import {
  AggregateRoot,
  COMMAND_HANDLERS,
  type CommandHandlerOptions,
  type Decision,
  EVENT_HANDLERS,
  type EventsOf,
  QUERY_HANDLERS,
  REPLAY_HANDLERS,
} from '../model';
import type { ListenerContext, ProjectionContext } from '../processing';
import type { HandlerContext } from '../repository';
import { handlerDecorator } from './dialect';

type ContextOf<A> = A extends AggregateRoot<any> ? CommandContext : HandlerContext;
type DecisionOf<A> = A extends AggregateRoot<any> ? Decision<EventsOf<A>> : unknown;
/** `A` when it may handle the event, else a type that no class has. */
type Handling<A, E> = A extends AggregateRoot<any> ? (E extends EventsOf<A> ? A : { 'this event is not one of the aggregate': E }) : A;

/** Decorates a method `(command, context) => events` in either dialect; its parameter must be the command, its result the aggregate's events. */
export interface CommandHandlerDecorator<C> {
  <A extends object, F extends (command: C, context: ContextOf<A>) => DecisionOf<A>>(
    target: A,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): void;
  <A extends object, F extends (this: A, command: C, context: ContextOf<A>) => DecisionOf<A>>(
    method: F,
    context: ClassMethodDecoratorContext<A, F>,
  ): void;
}

/** All that the context of an event can be: a handler takes the one of its class, `ProjectionContext`, `ListenerContext` or `EventContext`. */
type FollowingContext = ListenerContext & ProjectionContext<any>;

/** Decorates a method `(event, context) => void` in either dialect; its parameter must be the event. */
export interface EventHandlerDecorator<E> {
  <A extends object, F extends (event: E, context: FollowingContext) => unknown>(
    target: Handling<A, E>,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): void;
  <A extends object, F extends (this: any, event: E, context: FollowingContext) => unknown>(
    method: F,
    context: ClassMethodDecoratorContext<Handling<A, E>, F>,
  ): void;
}

/** Decorates a method `(query, context) => result` in either dialect; its parameter must be the query, its result the query's. */
export interface QueryHandlerDecorator<Q, R> {
  <F extends (query: Q, context: QueryContext) => R | Promise<R>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): void;
  <A extends object, F extends (this: A, query: Q, context: QueryContext) => R | Promise<R>>(
    method: F,
    context: ClassMethodDecoratorContext<A, F>,
  ): void;
}

/**
 * Marks the method that decides on a command: of an aggregate, or of a class that the container makes for each command.
 *
 * The method returns an event, a list of events, nothing, or a promise of these. Without an argument the command is the class of
 * the method's first parameter; this needs legacy decorators with `emitDecoratorMetadata`.
 * @example @CommandHandler(CreateTodo, { creates: true }) create({ text }: CreateTodo) { return new TodoCreated(text); }
 */
export function CommandHandler(): CommandHandlerDecorator<any>;
export function CommandHandler<C extends object>(
  command: ClassReference<C>,
  options?: CommandHandlerOptions<C>,
): CommandHandlerDecorator<C>;
export function CommandHandler(...args: [command?: ClassReference, options?: CommandHandlerOptions]): CommandHandlerDecorator<any> {
  return handlerDecorator(COMMAND_HANDLERS, args[0], args.length === 0, args[1]) as CommandHandlerDecorator<any>;
}

/**
 * Marks the method that follows an event. In an aggregate it changes the state, and nothing else does; in a class with `@Projection` it
 * writes documents, with a `ProjectionContext`; in one with `@Listener` it has effects, with a `ListenerContext`; in any other class it is
 * called after the event was stored, with an `EventContext`. It always gets an instance of the event class.
 * Without an argument the event is the class of the method's first parameter.
 */
export function EventHandler(): EventHandlerDecorator<any>;
export function EventHandler<E extends object>(event: ClassReference<E>): EventHandlerDecorator<E>;
export function EventHandler(...args: [event?: ClassReference]): EventHandlerDecorator<any> {
  return handlerDecorator(EVENT_HANDLERS, args[0], args.length === 0) as EventHandlerDecorator<any>;
}

/**
 * Marks the method of a projection or durable listener that is called instead of the `@EventHandler` for events that are replayed, while a
 * version fills for the first time: to do the same in another way, or without its effects.
 */
export function ReplayHandler(): EventHandlerDecorator<any>;
export function ReplayHandler<E extends object>(event: ClassReference<E>): EventHandlerDecorator<E>;
export function ReplayHandler(...args: [event?: ClassReference]): EventHandlerDecorator<any> {
  return handlerDecorator(REPLAY_HANDLERS, args[0], args.length === 0) as EventHandlerDecorator<any>;
}

/** Marks the method that answers a query; it returns the query's result or a promise of it. */
export function QueryHandler(): QueryHandlerDecorator<any, any>;
export function QueryHandler<Q extends Query<any>>(query: ClassReference<Q>): QueryHandlerDecorator<Q, ResultOf<Q>>;
export function QueryHandler(...args: [query?: ClassReference]): QueryHandlerDecorator<any, any> {
  return handlerDecorator(QUERY_HANDLERS, args[0], args.length === 0) as QueryHandlerDecorator<any, any>;
}
