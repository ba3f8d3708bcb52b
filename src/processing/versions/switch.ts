import { EventualityError } from '../../messages';
import type { ParkedSequence, ProjectionStore, ProjectionTransaction, ReadModelVersion } from '../../store';
import { lowest } from './version-shape';

/**
 * The outcome of a switch: readers see the version or a later one; it is behind the one that they see; it has parked
 * what that one has handled; or it was dropped.
 */
export type SwitchOutcome = 'switched' | 'behind' | 'held-up' | 'gone';

/** A switch from the version that readers see to another one. */
export interface Switch {
  readonly name: string;
  readonly from: Pick<ReadModelVersion, 'version' | 'segments'>;
  readonly to: Pick<ReadModelVersion, 'version' | 'segments'>;
  /** Ignores what is parked. */
  readonly anyway: boolean;
  /**
   * Stores the positions of this process's segments. Called right before each attempt, because that compares stored
   * checkpoints: under a steady stream of events they might otherwise stay behind the actual positions for minutes.
   */
  readonly flush: () => Promise<void>;
}

/** Reads parked sequences: stored ones, or inside a transaction. */
type ReadParked = (version: number) => Promise<readonly ParkedSequence[]>;

/**
 * Switches readers in one step, unless they would see older documents afterwards. Commits of both versions wait
 * meanwhile, and those of the old version fail afterwards.
 */
export async function switchReaders(store: ProjectionStore, wanted: Switch): Promise<SwitchOutcome> {
  const { name, from, to } = wanted;
  // Read without a lock; the transaction below finds what is parked meanwhile.
  if (!wanted.anyway && (await heldUpBy(store, name, { from: from.version, to: to.version })).length > 0)
    return 'held-up';
  await wanted.flush();
  try {
    return await store.transaction(transaction => inTransaction(transaction, wanted));
  } catch (error) {
    // One of the two was dropped or replaced: the next round finds out what readers see.
    if (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL') return 'gone';
    throw error;
  }
}

/**
 * Returns the sequences that prevent a version from taking over: readers would see their documents as of before they
 * were parked.
 */
export function heldUpBy(
  store: ProjectionStore,
  projection: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly ParkedSequence[]> {
  return parkedEarlier(version => store.deadLetters.sequences({ projection, version }), from, to);
}

async function inTransaction(
  transaction: ProjectionTransaction,
  { name, from, to, anyway }: Switch,
): Promise<SwitchOutcome> {
  const read = await positions(transaction, name, from);
  const filled = await positions(transaction, name, to);
  if (lowest(filled) < most(read)) return 'behind';
  const parked: ReadParked = version => transaction.parked({ projection: name, version });
  if (!anyway && (await parkedEarlier(parked, from.version, to.version)).length > 0) return 'held-up';
  await transaction.activate(name, to.version);
  return 'switched';
}

async function parkedEarlier(parked: ReadParked, from: number, to: number): Promise<readonly ParkedSequence[]> {
  const filled = await parked(to);
  if (filled.length === 0) return filled;
  const read = new Map((await parked(from)).map(({ sequence, position }) => [sequence, position]));
  return filled.filter(({ sequence, position }) => position < (read.get(sequence) ?? position + 1n));
}

/** The checkpoints of a version's segments, locked until the transaction ends. */
async function positions(
  transaction: ProjectionTransaction,
  projection: string,
  { version, segments }: Switch['from'],
): Promise<bigint[]> {
  const found: bigint[] = [];
  for (let segment = 0; segment < segments; segment++)
    found.push(await transaction.lock({ projection, version, segment }));
  return found;
}

const most = (list: readonly bigint[]): bigint => list.reduce((highest, each) => (each > highest ? each : highest));
