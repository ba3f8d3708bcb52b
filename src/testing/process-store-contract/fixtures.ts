import assert from 'node:assert/strict';
import type {
  CommitOutcome,
  NewDeadline,
  NewProcessInput,
  NewProcessOutput,
  ProcessChanges,
  ProcessInput,
  ProcessOutput,
  ProcessSegment,
  ProcessStore,
  ProjectionCommit,
  ProjectionStore,
  StoredDeadline,
} from '../../store';

/** The clock of a store that a test can set, such as a `VirtualClock`. */
export interface SettableClock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  advanceBy(milliseconds: number): unknown;
}

/** What each check gets. */
export interface Scene {
  readonly store: ProjectionStore;
  readonly processes: ProcessStore;
  /** The time of the store; about the machine's, where it cannot be set. */
  now(): number;
  /** Closes the store and opens one on the same data. */
  reopened(): Promise<Scene>;
}

/** A thing that a store of processes must hold. */
export type Check = (scene: Scene) => Promise<void>;

/** A thing that a store must hold whose clock can be set. */
export type ClockCheck = (scene: Scene, clock: SettableClock) => Promise<void>;

export const PROCESS = 'fulfilment';
export const HOUR_MS = 3_600_000;

export const input = (id: string, more: Partial<NewProcessInput> = {}): NewProcessInput => ({
  ...{ id, instance: 'order-1', hash: 7, run: 1, kind: 'rejection', content: { because: id }, status: 'handled' },
  ...more,
});

export const output = (id: string, more: Partial<NewProcessOutput> = {}): NewProcessOutput => ({
  ...{ id, instance: 'order-1', hash: 7, run: 1, input: 'i', content: { command: id }, status: 'pending' },
  ...more,
});

export const deadline = (key: string, dueAt: number, more: Partial<NewDeadline> = {}): NewDeadline => ({
  ...{ instance: 'order-1', hash: 7, key, id: `${more.instance ?? 'order-1'}/${key}`, run: 1, dueAt },
  ...more,
});

/** The only segment of the process. */
export const whole = (process = PROCESS): ProcessSegment => ({ process, segments: 1, segment: 0 });

/** Prepares a version of a process. */
export const prepared = (store: ProjectionStore, name = PROCESS, version = 1): Promise<void> =>
  store.prepare({ name, version, indexes: [] });

/** Commits changes of the process, with the checkpoint going one on. */
export async function changed(
  { store }: Pick<Scene, 'store'>,
  process: ProcessChanges,
  more: Partial<ProjectionCommit> = {},
): Promise<CommitOutcome> {
  const checkpoint = more.checkpoint ?? { projection: PROCESS, version: 1, segment: 0 };
  const from = await store.checkpoint(checkpoint);
  return store.commit({ checkpoint, from, to: from + 1n, writes: [], process, ...more });
}

/** Prepares the process and commits changes of it, which must succeed. */
export async function filled(scene: Pick<Scene, 'store'>, ...changes: readonly ProcessChanges[]): Promise<void> {
  await prepared(scene.store);
  for (const each of changes) assert.deepEqual(await changed(scene, each), { ok: true });
}

/** Everything that is kept of a process, without what is undefined and without `entry` and `at`. */
export interface Kept {
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
  readonly deadlines: readonly object[];
}

export async function kept({ processes }: Pick<Scene, 'processes'>, process = PROCESS): Promise<Kept> {
  const inputs = await processes.inputs(process, { limit: 1000 });
  const outputs = await processes.outputs(process, { limit: 1000 });
  return {
    inputs: inputs.map(({ entry, at, ...rest }) => plain(rest)),
    outputs: outputs.map(({ entry, at, ...rest }) => plain(rest)),
    deadlines: (await processes.deadlines(process, { limit: 1000 })).map(plain),
  };
}

/** What a deadline becomes when it is stored. */
export const stored = (given: NewDeadline, more: Partial<StoredDeadline> = {}): object =>
  plain({ process: PROCESS, ...given, held: false, ...more });

/** Without what is undefined: it may be there or not. */
const plain = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

export const idsOf = (rows: readonly (ProcessInput | ProcessOutput)[]): string[] => rows.map(({ id }) => id);
export const keysOf = (rows: readonly StoredDeadline[]): string[] => rows.map(({ key }) => key);

/** Makes sure that a call is refused with an error of this code, and returns the error. */
export async function refused(code: string, call: () => Promise<unknown>): Promise<{ faults?: readonly string[] }> {
  const outcome = await call().then(
    value => assert.fail(`${call} was answered with ${String(value)}`),
    (error: { code?: unknown; faults?: readonly string[] }) => error,
  );
  assert.equal(outcome.code, code, `${call}: ${String(outcome)}`);
  return outcome;
}
