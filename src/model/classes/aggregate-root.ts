import { AggregateInstance, INSTANCE } from '../aggregate-instance';
import { type AggregateClass, definitionOf } from './aggregate-class';
import type { OwnEvent } from './own-events';

declare const EVENTS: unique symbol;

/**
 * The base of an aggregate class. Its fields are its state; only methods marked `@EventHandler` change them, methods
 * marked `@CommandHandler` decide. Given a union of events, `apply` and the handlers accept only those, at compile
 * time.
 *
 * @example class Todo extends AggregateRoot<TodoCreated | TodoCompleted> {}
 */
export abstract class AggregateRoot<Events extends object = any> {
  /** Carries the events' type; it does not exist at run time. */
  declare readonly [EVENTS]?: Events;
  #instance: AggregateInstance | undefined;
  readonly #id: string;

  /** Makes an aggregate without events; `id` is needed only for one that is to be given to `Repository.add`. */
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
   * Applies an event now, so that what follows in the same method sees the new state. Returning it too does not repeat
   * it.
   * @throws InvalidDecisionError, UnstorableValueError
   */
  protected apply<E extends Events>(event: E & OwnEvent<E, Events>): void {
    this[INSTANCE].applyWithin(event);
  }
}

/** The events an aggregate class was declared with; any object when it was declared without. */
export type EventsOf<A> = A extends { readonly [EVENTS]?: infer Events }
  ? unknown extends Events
    ? any
    : NonNullable<Events>
  : any;
