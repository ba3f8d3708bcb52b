import type { RetryRule } from '../../../concurrency';
import type { ClassReference, Codecs, Duration, RecordedEvent } from '../../../messages';
import type { EventProcessorDefinition } from '../../definition/definition';
import type { CommandReference } from './command-references';
import type { ProcessDecision } from './decisions';

/** Options of `@ProcessManager` and `defineProcess`. */
export interface ProcessOptions<Sends extends CommandReference = CommandReference> {
  /**
   * Returns the key of the instance that an event belongs to, text of 1 to 255 characters, or undefined if it belongs
   * to none. Must return the same key for the same event every time.
   */
  readonly correlate: (event: RecordedEvent<any>) => string | undefined;
  /**
   * All commands that the process sends, including those that reverse others: their classes, or the names of plain
   * ones. Handlers can send no others, and the application does not start unless each has a command handler. By default
   * any command may be sent, and a missing handler is only noticed when the command is decided.
   */
  readonly sends?: readonly Sends[];
  /** Codecs of fields of the state, for values that it cannot be stored with; default none. */
  readonly codecs?: Codecs;
  /** The number of segments, 1 to 256, which processes share; default 1. Changing it hands the segments over. */
  readonly segments?: number;
  /**
   * The version of the handlers, from 1; default 1. After a change, the state of each instance is recomputed from its
   * inputs before its next step; nothing is sent again. Processes with older code stand by.
   */
  readonly version?: number;
  /**
   * What an event that starts an instance does if the instance is already running; default `park`. `handle` passes it
   * to its handler.
   */
  readonly startTwice?: 'park' | 'ignore' | 'handle';
  /** What any other event does if its instance does not exist; default `ignore`. */
  readonly unknown?: 'ignore' | 'park';
  /** What an event that starts an instance does if the instance has ended; default `run`, which begins another run. */
  readonly again?: 'run' | 'ignore' | 'park';
  /**
   * What happens with events that are older than the process: `skip` (default) leaves them out; `fold` computes the
   * state from them but sends nothing, and drops deadlines that are due by then.
   */
  readonly replay?: 'skip' | 'fold';
  /** How long an instance that has ended is kept, with its history; default 30 days. */
  readonly keep?: Duration;
  /** After how long without a change an instance counts as idle in `find({ idle: true })`; default never. */
  readonly idle?: Duration;
  /**
   * How a command that throws is retried before it counts as rejected; default 5 attempts, 50 to 5,000 ms apart.
   */
  readonly retry?: RetryRule;
}

/** The second parameter of the handlers of a process. Handlers are pure: they use only this context and the state. */
export interface ProcessContext {
  /** The key of the instance. */
  readonly instance: string;
  /** The number of the run, from 1: an instance that has ended can start again. */
  readonly run: number;
  /** When the event was recorded; for a deadline or a rejection, when it was noticed. The same in each run. */
  readonly now: Date;
  /** The event with its envelope; undefined for a deadline or a rejection. */
  readonly event: RecordedEvent | undefined;
  /** Returns a UUID; the same ids in the same order whenever the input is handled. */
  newId(): string;
}

/** The second parameter of a `@Rejected` handler. */
export interface RejectionContext extends ProcessContext {
  /** What the command threw at last; undefined if it led to no events. */
  readonly error: RejectionReason | undefined;
  /**
   * Returns the commands that reverse those carried out in this run, as given to `send`, the last one first.
   */
  undo(): readonly ProcessDecision<never, never>[];
}

/** What a command threw. */
export interface RejectionReason {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

/** A deadline that has come due. */
export interface Deadline<Content extends object = any> {
  readonly key: string;
  /** When it was due; `now` of the context is when that was noticed. */
  readonly dueAt: Date;
  readonly content: Content | undefined;
}

/** What a handler of a process returns. */
export type ProcessDecisions<Key extends string = string, Command extends object = object> =
  | ProcessDecision<Key, Command>
  | readonly ProcessDecision<Key, Command>[]
  | void
  | undefined;

/** The state and the context with which the handlers of a process are called. */
export interface ProcessTurn<State extends object = any> {
  readonly state: State;
  readonly context: ProcessContext;
}

/** The handler of a rejected command. */
export interface RejectionHandler {
  /** The command's class, if it is handled by class. */
  readonly type?: ClassReference;
  readonly handle: (command: any, turn: ProcessTurn) => unknown;
}

/** What a process consists of besides its event handlers: plain data and functions. */
export interface ProcessParts {
  readonly options: ProcessOptions;
  /** The events that start an instance. */
  readonly starts: ReadonlySet<string>;
  /** The events that end it, after they were handled. */
  readonly ends: ReadonlySet<string>;
  /** By key. */
  readonly deadlines: ReadonlyMap<string, (deadline: Deadline, turn: ProcessTurn) => unknown>;
  /** By the command's name. */
  readonly rejected: ReadonlyMap<string, RejectionHandler>;
  /** Returns the state of a new instance. */
  initialState(): object;
  /** Returns the data of a state to store. */
  dataOf(state: object): object;
  /** Returns the state for stored data: fills the fresh one, or returns another. */
  filled(fresh: object, data: object): object;
}

/**
 * A process manager as plain data and functions. Its `handlers` are called with the event and a {@link ProcessTurn}.
 */
export interface ProcessDefinition<State extends object = any> extends EventProcessorDefinition {
  readonly kind: 'process';
  readonly process: ProcessParts;
  /** Carries the type of the state; it does not exist at run time. */
  readonly state?: State;
}

/** Tells whether a definition is that of a process manager. */
export const isProcess = (definition: EventProcessorDefinition): definition is ProcessDefinition =>
  definition.kind === 'process';
