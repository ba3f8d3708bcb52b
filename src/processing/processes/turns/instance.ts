import type { StoredCommand } from './inputs';

/** How an instance stands; `parked`: an input of it failed, and the later ones wait for `retry` or `discard`. */
export type InstanceStatus = 'running' | 'parked' | 'ended';

/** An instance as it is stored: a document of the read model {@link instancesOf}. */
export interface InstanceDocument {
  readonly status: InstanceStatus;
  /** From 1; 0 for one that was parked before it started. */
  readonly run: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly changedAt: string;
  /** The version of the code that made the state. */
  readonly version: number;
  /** As `encodeState` returns it. */
  readonly state: unknown;
  /** The ids of its deadlines, by key. */
  readonly deadlines: Readonly<Record<string, string>>;
  /** Commands of this run with what reverses them, in the order sent. */
  readonly undo: readonly UndoableCommand[];
  /** Why it is parked, and how it stood before. */
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
export const INSTANCE_INDEXES = ['status', 'startedAt', 'changedAt'] as const;

/** The version of the documents of instances. It has nothing to do with the version of a process. */
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
  /** Why its state cannot be made by this code; thrown when it is needed. */
  fault: Error | undefined;
  /** Whether nothing is to be kept of it. */
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

  /** Whether there is, or was, one. */
  get exists(): boolean {
    return this.stored !== undefined || this.changed;
  }

  /** Returns what takes the instance back to where it stands now. */
  mark(): () => void {
    const { status, run, startedAt, version, state, deadlines, undo, fault } = this;
    const before = { status, run, startedAt, version, state, deadlines: { ...deadlines }, undo, fault };
    return () => Object.assign(this, before);
  }

  /** Returns what is stored of it; `null` where nothing is. */
  document(changedAt: string): InstanceDocument | null {
    if (this.forgotten) return null;
    const { status, run, startedAt, version, state, deadlines, undo, error, parkedFrom } = this;
    return {
      ...{ status, run, startedAt: startedAt || changedAt, changedAt, version, state: state ?? null, deadlines, undo },
      ...(error !== undefined && { error, parkedFrom: parkedFrom ?? 'running' }),
    };
  }
}
