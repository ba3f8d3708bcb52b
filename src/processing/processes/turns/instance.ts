import type { StoredCommand } from './inputs';

/** The status of an instance; `parked`: one of its inputs failed, and later ones wait for `retry` or `discard`. */
export type InstanceStatus = 'running' | 'parked' | 'ended';

/** An instance as it is stored: a document of the read model {@link instancesOf}. */
export interface InstanceDocument {
  readonly status: InstanceStatus;
  /** The number of the run, from 1; 0 if the instance was parked before it started. */
  readonly run: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly changedAt: string;
  /** `changedAt` of an instance that has ended. */
  readonly endedAt?: string;
  /** The version of the code that computed the state. */
  readonly version: number;
  /** As `encodeState` returns it. */
  readonly state: unknown;
  /** The ids of its deadlines, by key. */
  readonly deadlines: Readonly<Record<string, string>>;
  /** The commands of this run that can be reversed, in the order sent. */
  readonly undo: readonly UndoableCommand[];
  /** Why it is parked, and its status before. */
  readonly error?: string;
  readonly parkedFrom?: 'running' | 'ended';
}

/** A command that can be reversed. */
export interface UndoableCommand {
  /** The id of the command. */
  readonly id: string;
  readonly undo: StoredCommand;
  /** Whether it was carried out. */
  readonly done: boolean;
}

/** The fields by which instances can be found. */
export const INSTANCE_INDEXES = ['status', 'startedAt', 'changedAt', 'endedAt'] as const;

/** The version of the instance documents, which is independent of the version of a process. */
export const INSTANCES_VERSION = 1;

/** Returns the name of the read model with the instances of a process. */
export const instancesOf = (process: string): string => `${process}/instances`;

/** An instance while inputs are handled: what its document will be. */
export class Instance {
  status: InstanceStatus;
  run: number;
  startedAt: string;
  version: number;
  state: unknown;
  deadlines: Record<string, string>;
  undo: readonly UndoableCommand[];
  error: string | undefined;
  parkedFrom: 'running' | 'ended' | undefined;
  /** Whether the document is to be written. */
  changed = false;
  /** Why this code cannot compute its state; thrown when the state is needed. */
  fault: Error | undefined;
  /** Whether it is to be forgotten entirely. */
  forgotten = false;

  constructor(
    readonly key: string,
    readonly hash: number,
    readonly stored: InstanceDocument | undefined,
  ) {
    this.status = stored?.status ?? 'ended';
    this.run = stored?.run ?? 0;
    this.startedAt = stored?.startedAt ?? '';
    this.version = stored?.version ?? 0;
    this.state = stored?.state;
    this.deadlines = { ...stored?.deadlines };
    this.undo = stored?.undo ?? [];
    this.error = stored?.error;
    this.parkedFrom = stored?.parkedFrom;
  }

  /** Whether the instance exists, running or ended. */
  get exists(): boolean {
    return this.stored !== undefined || this.changed;
  }

  /** Returns a function that restores the instance to its present state. */
  mark(): () => void {
    const { status, run, startedAt, version, state, deadlines, undo, fault } = this;
    const before = { status, run, startedAt, version, state, deadlines: { ...deadlines }, undo, fault };
    return () => Object.assign(this, before);
  }

  /** Returns the document to store; `null` if there is none. */
  document(changedAt: string): InstanceDocument | null {
    if (this.forgotten) return null;
    const { status, run, startedAt, version, state, deadlines, undo, error, parkedFrom } = this;
    return {
      status,
      ...{ run, startedAt: startedAt || changedAt, changedAt, version, state: state ?? null, deadlines, undo },
      ...(status === 'ended' && { endedAt: changedAt }),
      ...(error !== undefined && { error, parkedFrom: parkedFrom ?? 'running' }),
    };
  }
}
