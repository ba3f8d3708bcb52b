import type { RetryRule } from '../concurrency';
import type { ClassReference, CommandContext, EventMarks, SealedEvent } from '../messages';
import type { SnapshotRule } from './snapshots/snapshot-rule';

/** What a command handler or an action returns: an event, a list of them, nothing, or a promise of these. */
export type Decision<E = unknown> = Events<E> | Promise<Events<E>>;
type Events<E> = E | readonly E[] | undefined | null | void;

/**
 * Whether a command makes its aggregate: it must not exist yet (`true`), may exist (`'if-missing'`), or must exist
 * (`false`).
 */
export type Creates = boolean | 'if-missing';

/** How an aggregate answers one command. */
export interface CommandRule<State = any> {
  /** The command's class, where it is handled by class: an instance of another class is refused then. */
  readonly type?: ClassReference | undefined;
  readonly creates: Creates;
  /** Finds the id of the aggregate a command is for; default the command's `id`. */
  readonly target?: ((command: any) => unknown) | undefined;
  /** How the command is tried again when the aggregate had moved on; default the flow's rule. */
  readonly retry?: RetryRule | undefined;
  decide(state: State, command: any, context: CommandContext): Decision;
}

/** The part of an event that state is made from; a recorded event is one too. */
export interface StateChange {
  readonly name: string;
  readonly schemaVersion: number;
  readonly payload: object;
  /** The state after the event, where a plain event carries it. */
  readonly state?: object;
  /** Those of a recorded event: its state among them, where a plain event carried one. */
  readonly marks?: EventMarks;
}

/**
 * All that the engine knows about an aggregate: plain data and functions. Both styles, decorated classes and
 * `defineAggregate`, compile to it, and it can be written by hand.
 */
export interface AggregateDefinition<State = any, Exposed = any> {
  readonly name: string;
  /** By the command's durable name. */
  readonly commands: ReadonlyMap<string, CommandRule<State>>;
  /** The classes of the events that it handles by class. */
  readonly events?: readonly ClassReference[];
  /** Makes the state before the first event; never the same object twice. */
  initialState(id: string): State;
  /** Returns the state after an event: the same object changed, or another one. */
  evolve(state: State, event: StateChange): State;
  /** Takes a frozen copy of an event as a handler returned it. @throws InvalidDecisionError, UnstorableValueError */
  seal(event: object): SealedEvent;
  /** Returns what `Repository.load` gives to its caller. */
  expose(instance: AggregateHandle<State>): Exposed;
  /** How and when snapshots are taken; without it there are none. */
  readonly snapshot?: SnapshotRule<State> | undefined;
  /** Makes an id for an aggregate that is added without one. */
  newId?(): string;
}

/** One loaded aggregate, as its definition sees it. */
export interface AggregateHandle<State = any> {
  readonly id: string;
  readonly version: number;
  readonly state: State;
  apply(events: unknown): readonly SealedEvent[];
}
