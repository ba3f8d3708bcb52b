/** The key of an instance decides its segment: `hash % segments`. A 32-bit unsigned integer. */
export type InstanceHash = number;

/** The outcome of an input: it was handled; or it waits, because its instance is parked; or it was only noted. */
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
  /** What the handler receives; undefined for an event, which is in the event store. */
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
 * The status of a command of a process: it is to be sent; it led to events; it led to none or failed; or its instance
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
  /** True for a pending output that must not be sent, because its instance is parked. */
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
  /** What the handler receives. */
  readonly content?: object | undefined;
}

/** A deadline as the store returns it. */
export interface StoredDeadline extends NewDeadline {
  readonly process: string;
  /** True while its instance is parked: it does not come due. One that is moved stays held. */
  readonly held: boolean;
}

/**
 * The changes of a process in a commit, besides documents and checkpoint. The store makes them in the order of these
 * fields.
 */
export interface ProcessChanges {
  /** Instances that have ended: their deadlines are deleted, and their pending outputs become `cancelled`. */
  readonly ends?: readonly string[];
  readonly inputs?: readonly NewProcessInput[];
  readonly outputs?: readonly NewProcessOutput[];
  /** What became of stored outputs, without recording them again; unknown ones are ignored. */
  readonly outcomes?: readonly Pick<NewProcessOutput, 'id' | 'status' | 'note'>[];
  /** Deadlines to delete. One with a different id stays; missing ones are ignored. */
  readonly clear?: readonly { readonly instance: string; readonly key: string; readonly id?: string }[];
  readonly deadlines?: readonly NewDeadline[];
  /** Holds the current deadlines and pending outputs of instances, or releases them. */
  readonly hold?: readonly { readonly instance: string; readonly held: boolean }[];
  /** Instances to delete entirely. */
  readonly forget?: readonly string[];
}

/** One of the segments that a process has in its current version. */
export interface ProcessSegment {
  readonly process: string;
  readonly segments: number;
  readonly segment: number;
}

/** The result of `due`. */
export interface DueDeadlines {
  /**
   * The deadlines that are due and not held, segment by segment, the earliest first. Of those due at the same moment,
   * the one that was set first comes first.
   */
  readonly deadlines: readonly StoredDeadline[];
  /**
   * Milliseconds, at least 1, until the next deadline of these processes is due, not counting held ones; undefined if
   * there is none. It may belong to another segment.
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
 * Stores the inputs, commands and deadlines of processes, beside the documents with their state. They change in
 * {@link ProjectionStore.commit}, together with checkpoint and state. All times are by the clock of the store.
 * `processStoreContract` of `eventuality/testing` tests an implementation.
 */
export interface ProcessStore {
  /**
   * Returns the due deadlines of several segments, in one step.
   * @param limit how many for each segment at most, 1 to 1,000
   * @throws InvalidProcessError, StoreClosedError
   */
  due(segments: readonly ProcessSegment[], limit: number): Promise<DueDeadlines>;
  /**
   * Sets deadlines without a commit. Existing ones are moved, unless they have the same id: then nothing changes.
   * @throws InvalidProcessError, UnstorableValueError, StoreClosedError
   */
  schedule(process: string, deadlines: readonly NewDeadline[]): Promise<void>;
  /** Deletes a deadline; returns whether there was one. @throws InvalidProcessError, StoreClosedError */
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
