/** The key of an instance decides its segment: `hash % segments`. A 32-bit unsigned integer. */
export type InstanceHash = number;

/** What became of an input: it was handled; or it waits, as its instance is parked; or it was only noted. */
export type ProcessInputStatus = 'handled' | 'waiting' | 'noted';

/** An input of an instance of a process, as a commit records it. */
export interface NewProcessInput {
  /** Unique within the process, 1 to 255 characters. Recorded again, it changes `status`, `note` and `run` only. */
  readonly id: string;
  /** The key of the instance, 1 to 255 characters. */
  readonly instance: string;
  readonly hash: InstanceHash;
  /** Which run of the instance it belongs to, 1 to 2,147,483,647: an instance that has ended can start again. */
  readonly run: number;
  readonly kind: 'event' | 'deadline' | 'rejection';
  /** The position of an event, from 1n; undefined for the others. */
  readonly position?: bigint | undefined;
  /** What the handler gets, unless it is an event, which is in the event store. */
  readonly content?: object | undefined;
  readonly status: ProcessInputStatus;
  /** The error of the input that parked its instance; or why the input was only noted. Cut to 4,000 characters. */
  readonly note?: string | undefined;
}

/** An input as the store returns it. */
export interface ProcessInput extends NewProcessInput {
  /** Ascends, in each segment, in the order in which inputs were first recorded. */
  readonly entry: bigint;
  /** When it was first recorded, ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * What became of a command of a process: it is to be sent; it led to events; it led to none or failed; or its instance
 * ended before it was sent.
 */
export type ProcessOutputStatus = 'pending' | 'done' | 'rejected' | 'cancelled';

/** A command that an instance has decided to send, as a commit records it. */
export interface NewProcessOutput {
  /**
   * The id under which the command is dispatched, unique within the process, 1 to 255 characters. Recorded again, it
   * changes `status` and `note` only.
   */
  readonly id: string;
  readonly instance: string;
  readonly hash: InstanceHash;
  readonly run: number;
  /** The id of the input that led to it. */
  readonly input: string;
  /** The command and how it is to be dispatched. */
  readonly content: object;
  readonly status: ProcessOutputStatus;
  /** Why it was rejected or cancelled. Cut to 4,000 characters. */
  readonly note?: string | undefined;
}

/** A command as the store returns it. */
export interface ProcessOutput extends NewProcessOutput {
  /** Ascends, in each segment, in the order in which outputs were first recorded. */
  readonly entry: bigint;
  /** When it was first recorded, ISO 8601 in UTC. */
  readonly at: string;
  /** True for a pending output that is held, as its instance is parked: it is not to be sent. */
  readonly held: boolean;
}

/** A deadline of an instance. An instance has one for each key; setting it again moves it. */
export interface NewDeadline {
  readonly instance: string;
  readonly hash: InstanceHash;
  /** 1 to 255 characters. */
  readonly key: string;
  /** Unique within the process, 1 to 255 characters; another one each time the deadline is set. */
  readonly id: string;
  readonly run: number;
  /** Milliseconds since 1970-01-01 UTC, a safe integer. */
  readonly dueAt: number;
  /** What the handler gets. */
  readonly content?: object | undefined;
}

/** A deadline as the store returns it. */
export interface StoredDeadline extends NewDeadline {
  readonly process: string;
  /** True while its instance is parked: it does not come due. One that is moved stays held. */
  readonly held: boolean;
}

/**
 * What a commit changes of a process, beside documents and checkpoint. The store makes the changes in the order of
 * these fields.
 */
export interface ProcessChanges {
  /** Instances that have ended: their deadlines are deleted, and their pending outputs become `cancelled`. */
  readonly ends?: readonly string[];
  readonly inputs?: readonly NewProcessInput[];
  readonly outputs?: readonly NewProcessOutput[];
  /** Deadlines to delete; one with another id than the one given stays. Those that are not there are ignored. */
  readonly clear?: readonly { readonly instance: string; readonly key: string; readonly id?: string }[];
  readonly deadlines?: readonly NewDeadline[];
  /** Holds the deadlines and pending outputs that instances have at this moment, or releases them. */
  readonly hold?: readonly { readonly instance: string; readonly held: boolean }[];
  /** Instances of which nothing is kept any longer. */
  readonly forget?: readonly string[];
}

/** One segment of a process, of those that it has in its current version. */
export interface ProcessSegment {
  readonly process: string;
  readonly segments: number;
  readonly segment: number;
}

/** The answer to a question for what is due. */
export interface DueDeadlines {
  /**
   * Those that are due and not held, segment by segment, the earliest first. Of those that are due at the same moment,
   * the one first set comes first.
   */
  readonly deadlines: readonly StoredDeadline[];
  /**
   * Milliseconds, 1 at least, until the next one of these processes comes due that is neither due yet nor held;
   * undefined if there is none. It may be of another segment.
   */
  readonly nextIn: number | undefined;
}

/** Selects a page in the order of `entry`. */
export interface ProcessPage<Status extends string> {
  /** Of one instance. */
  readonly instance?: string;
  /** Of one segment. */
  readonly segment?: Omit<ProcessSegment, 'process'>;
  readonly status?: Status;
  /** `false`: without those that are held; `true`: only those. Default all. Inputs are never held. */
  readonly held?: boolean;
  /** The `entry` of the last one of the previous page; default from the beginning. */
  readonly after?: bigint;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
}

/**
 * Stores what processes have decided and what they wait for, beside the documents with their state: inputs, commands
 * to be sent, and deadlines. They change by {@link ProjectionStore.commit}, together with checkpoint and state. Time is
 * the store's. `processStoreContract` of `eventuality/testing` tests an implementation.
 */
export interface ProcessStore {
  /**
   * Returns what is due in several segments, in one step.
   * @param limit how many for each segment at most, 1 to 1,000
   * @throws InvalidProcessError, StoreClosedError
   */
  due(segments: readonly ProcessSegment[], limit: number): Promise<DueDeadlines>;
  /**
   * Sets deadlines without a commit. Those that are there are moved, unless they have the same id: then nothing
   * changes.
   * @throws InvalidProcessError, UnstorableValueError, StoreClosedError
   */
  schedule(process: string, deadlines: readonly NewDeadline[]): Promise<void>;
  /** Deletes a deadline; returns whether it was there. @throws InvalidProcessError, StoreClosedError */
  unschedule(process: string, instance: string, key: string): Promise<boolean>;
  /** @throws InvalidProcessError, StoreClosedError */
  inputs(process: string, page?: ProcessPage<ProcessInputStatus>): Promise<readonly ProcessInput[]>;
  /** @throws InvalidProcessError, StoreClosedError */
  outputs(process: string, page?: ProcessPage<ProcessOutputStatus>): Promise<readonly ProcessOutput[]>;
  /**
   * Returns the deadlines of an instance, or of a whole process, by instance and key, in the order of code points.
   * @param page `after`: the last one of the previous page; `limit`: 1 to 1,000, default 100
   * @throws InvalidProcessError, StoreClosedError
   */
  deadlines(
    process: string,
    page?: {
      readonly instance?: string;
      readonly after?: { readonly instance: string; readonly key: string };
      readonly limit?: number;
    },
  ): Promise<readonly StoredDeadline[]>;
}
