import type { RetryRule } from '../concurrency';
import type {
  ClassReference,
  CommandContext,
  EventMarks,
  EventReader,
  EventReference,
  RecordedEvent,
  SealedEvent,
  StandardSchemaV1,
} from '../messages';
import type { SnapshotRule } from './snapshots/snapshot-rule';

/** The result of a command handler or an action: an event, a list of events, nothing, or a promise of these. */
export type Decision<E = unknown> = Events<E> | Promise<Events<E>>;
type Events<E> = E | readonly E[] | undefined | null | void;

/**
 * Whether a command creates its aggregate: it must not exist yet (`true`), may exist (`'if-missing'`), or must exist
 * (`false`).
 */
export type Creates = boolean | 'if-missing';

/** How an aggregate handles one command. */
export interface CommandRule<State = any> {
  /** The command's class, if it is handled by class: an instance of another class is refused. */
  readonly type?: ClassReference | undefined;
  /** The schema of the command, if it has no class that has one. */
  readonly schema?: StandardSchemaV1 | undefined;
  readonly creates: Creates;
  /** Returns the id of a command's aggregate; default the command's `id`. */
  readonly target?: ((command: any) => unknown) | undefined;
  /** How the command is retried after a conflict; default the flow's rule. */
  readonly retry?: RetryRule | undefined;
  decide(state: State, command: any, context: CommandContext): Decision;
}

/** The part of an event that changes state. A recorded event has this shape. */
export interface StateChange {
  readonly name: string;
  readonly schemaVersion: number;
  readonly payload: object;
  /** The state after the event, if a plain event carries it. */
  readonly state?: object;
  /** The marks of a recorded event, with its state if a plain event carried one. */
  readonly marks?: EventMarks;
}

/**
 * All that the engine knows about an aggregate: plain data and functions. Decorated classes and `defineAggregate` both
 * compile to it, and it can be written by hand.
 */
export interface AggregateDefinition<State = any, Exposed = any> {
  readonly name: string;
  /** By the command's durable name. */
  readonly commands: ReadonlyMap<string, CommandRule<State>>;
  /** The classes of events that it handles by class. */
  readonly events?: readonly ClassReference[];
  /** The names of the events that it handles by name. */
  readonly names?: readonly string[];
  /**
   * All its events, beside those that it handles: then an event of any other name in its stream is an error. Default
   * unknown.
   */
  readonly declared?: readonly EventReference[] | undefined;
  /** Returns the state before the first event; a new object each time. */
  initialState(id: string): State;
  /** Returns the state after an event: the same object changed, or another one. */
  evolve(state: State, event: StateChange): State;
  /**
   * Returns the state after a stored event, in whichever version it is stored: for definitions that can do so at less
   * cost than by reading the event first. Default the reader, and `evolve` for what it returns.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError
   */
  fold?(state: State, event: RecordedEvent, reader: EventReader): State;
  /**
   * Returns a frozen copy of an event that a handler returned, validated by its schema unless `validate` is false.
   * @throws InvalidDecisionError, UnstorableValueError, InvalidPayloadError
   */
  seal(event: object, validate?: boolean): SealedEvent;
  /** Returns what `Repository.load` gives to its caller. */
  expose(instance: AggregateHandle<State>): Exposed;
  /** How and when snapshots are taken; without it there are no snapshots. */
  readonly snapshot?: SnapshotRule<State> | undefined;
  /** Creates the id of an aggregate that is added without one. */
  newId?(): string;
}

/** One loaded aggregate, as its definition sees it. */
export interface AggregateHandle<State = any> {
  readonly id: string;
  readonly version: number;
  readonly state: State;
  apply(events: unknown): readonly SealedEvent[];
}
