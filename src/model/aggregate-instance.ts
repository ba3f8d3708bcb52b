import {
  type CurrentEvent,
  type EventReader,
  isPlainEvent,
  type PlainEvent,
  type RecordedEvent,
  type SealedEvent,
} from '../messages';
import type { AggregateDefinition, AggregateHandle } from './aggregate-definition';

import { ForeignEventError, InvalidDecisionError } from './errors';

import { refusePromise } from './synchronous';

/** The key under which an exposed aggregate gives its instance to the repository. */
export const INSTANCE = Symbol.for('eventuality:instance');

/** One aggregate in memory: its state, the stored version, and the events that are not stored yet. */
export class AggregateInstance<State = any, Exposed = any> implements AggregateHandle<State> {
  state: State;
  /** What `Repository.load` returns: an instance of the aggregate's class, or its state with methods. */
  readonly exposed: Exposed;
  /** The version of the last stored event. */
  version = 0;
  /** Its id; undefined if there is none. */
  lastEventId: string | undefined;
  /** True after the stream's last event deleted the aggregate. */
  deleted = false;
  /** The applied events that are not stored yet. */
  changes: SealedEvent[] = [];
  /** Whether new events are validated by their schemas. */
  validate = true;
  #taken: object[] | undefined;

  constructor(
    readonly definition: AggregateDefinition<State, Exposed>,
    readonly id: string,
    state?: State,
  ) {
    this.state = state ?? definition.initialState(id);
    refusePromise(this.state, definition.name, 'The initial state');
    this.exposed = definition.expose(this);
  }

  get exists(): boolean {
    return !this.deleted && (this.version > 0 || this.changes.length > 0);
  }

  /**
   * Folds stored events into the state, as the reader returns them.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError
   */
  replay(events: readonly RecordedEvent[], reader: EventReader): void {
    const { definition } = this;
    if (definition.fold)
      for (let index = 0; index < events.length; index++)
        this.state = definition.fold(this.state, events[index]!, reader);
    else
      for (let index = 0; index < events.length; index++) {
        const read = reader.read(events[index]!);
        if (!Array.isArray(read)) this.state = definition.evolve(this.state, read as CurrentEvent);
        else for (const part of read) this.state = definition.evolve(this.state, part);
      }
    refusePromise(this.state, definition.name, 'evolve');
    this.stored(events);
  }

  /** Records that the stream ends with these events. */
  stored(events: readonly RecordedEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    this.version = last.version;
    this.lastEventId = last.id;
    this.deleted = last.marks?.deleted === true;
  }

  /**
   * Takes the events that a handler returned: seals each, applies it to the state and keeps it for the store.
   * @throws InvalidDecisionError, UnstorableValueError, InvalidPayloadError
   */
  apply(decision: unknown): readonly SealedEvent[] {
    if (decision === undefined || decision === null) return [];
    if (!Array.isArray(decision)) return [this.#applyOne(decision)];
    return decision.map(event => this.#applyOne(event));
  }

  /** Keeps an event that deletes the aggregate. */
  delete(): void {
    const { name } = this.definition;
    const sealed: SealedEvent = { name: `${name}Deleted`, schemaVersion: 1, payload: {}, deletes: true };
    this.state = this.definition.evolve(this.state, sealed);
    this.changes.push(sealed);
    this.deleted = true;
  }

  /** Applies an event from inside a handler. If the handler returns the same object too, it counts once. */
  applyWithin(event: object): void {
    this.#applyOne(event);
    if (this.#taken) this.#taken.push(event);
    else this.#taken = [event];
  }

  /** Tells whether an event, as passed to an action or as returned by it, is one of the changes. */
  hasApplied(event: object): boolean {
    return this.changes.includes(event as SealedEvent) || this.#taken?.includes(event) === true;
  }

  /** Applies the events that a handler returned, except those that it had applied itself. */
  applyReturned(decision: unknown): void {
    const taken = this.#taken;
    this.#taken = undefined;
    if (!taken) {
      if (Array.isArray(decision)) this.apply(decision);
      else if (decision !== undefined && decision !== null) this.#applyOne(decision);
    } else
      this.apply(
        (Array.isArray(decision) ? decision : [decision]).filter(
          event => event !== undefined && event !== null && !taken.includes(event),
        ),
      );
  }

  /** A plain event names its aggregate. */
  #refuseForeign(event: PlainEvent): void {
    if (!isPlainEvent(event)) return;
    const { aggregateId, aggregateName, name } = event;
    if (aggregateId !== this.id || (aggregateName !== undefined && aggregateName !== this.definition.name))
      throw new ForeignEventError(
        name,
        `${aggregateName ?? this.definition.name} '${aggregateId}'`,
        `${this.definition.name} '${this.id}'`,
      );
  }

  #applyOne(event: unknown): SealedEvent {
    if (typeof event !== 'object' || event === null) throw new InvalidDecisionError(this.definition.name, event);
    if ((event as PlainEvent).aggregateId !== undefined) this.#refuseForeign(event as PlainEvent);
    const sealed = this.definition.seal(event, this.validate);
    this.state = this.definition.evolve(this.state, sealed);
    refusePromise(this.state, this.definition.name, 'evolve');
    // A list that starts empty and grows allocates room for seventeen; usually it is one event.
    if (this.changes.length === 0) this.changes = [sealed];
    else this.changes.push(sealed);
    return sealed;
  }
}
