import { AggregateInstance, INSTANCE } from '../aggregate-instance';
import { type AggregateClass, definitionOf } from './aggregate-class';
import type { OwnEvent } from './own-events';

declare const EVENTS: unique symbol;

/**
 * The base of an aggregate class. Its fields are its state. Methods marked `@CommandHandler` decide; only methods
 * marked `@EventHandler` change the state. With a union of events as type argument, `apply` and the handlers accept
 * only these events, at compile time.
 *
 * @example class Todo extends AggregateRoot<TodoCreated | TodoCompleted> {}
 */
export abstract class AggregateRoot<Events extends object = any> {
  /** Carries the events' type; it does not exist at run time. */
  declare readonly [EVENTS]?: Events;
  #instance: AggregateInstance | undefined;
  readonly #id: string;

  /**
   * Creates an aggregate without events. An `id` is needed only for an aggregate that is passed to `Repository.add`.
   */
  constructor(id = '') {
    this.#id = id;
  }

  /** The aggregate's id. */
  get id(): string {
    return this.#instance?.id ?? this.#id;
  }

  /** The version of the last stored event; 0 before the first. */
  get version(): number {
    return this.#instance?.version ?? 0;
  }

  /** @internal */
  get [INSTANCE](): AggregateInstance {
    this.#instance ??= new AggregateInstance(definitionOf(this.constructor as AggregateClass<this>), this.#id, this);
    return this.#instance;
  }

  /** @internal */
  set [INSTANCE](instance: AggregateInstance) {
    this.#instance = instance;
  }

  /**
   * Applies an event immediately, so that later code in the same method sees the new state. Returning it too does not
   * repeat it.
   * @throws InvalidDecisionError, UnstorableValueError
   */
  protected apply<E extends Events>(event: E & OwnEvent<E, Events>): void {
    this[INSTANCE].applyWithin(event);
  }
}

/** The declared events of an aggregate class; any object if none were declared. */
export type EventsOf<A> = A extends { readonly [EVENTS]?: infer Events }
  ? unknown extends Events
    ? any
    : NonNullable<Events>
  : any;
