import { pause } from '../../concurrency';
import { EventualityError } from '../../messages';
import type {
  CheckpointName,
  EventStore,
  ProjectionStore,
  ProjectionTransaction,
  ReadModelSchema,
  ReadModelVersion,
} from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import type { Membership } from '../segments/segment-assignment';
import { neededFrom, refuseUnknown } from './earlier-segments';
import { type HandedOverLetters, lettersToHandOver } from './handed-over-letters';
import { lowest, type VersionShape } from './version-shape';

/** How often to check whether the processes with the old code have stopped, in milliseconds. */
const POLL_INTERVAL_MS = 100;

/** A segment of the old version that this process owns, so that its checkpoint stays where it is. */
interface Taken {
  readonly checkpoint: CheckpointName;
  readonly fence: bigint;
  readonly position: bigint;
}

/** Thrown inside the transaction and caught outside of it when this process has lost a segment. */
class Lost extends Error {}

/**
 * Takes a reactor over from code that assigned events to segments in another way. Effects must not be repeated, so the
 * new version is not filled from the start. When the processes with the old code have stopped, the new segments
 * continue from the slowest of the old ones, and skip the events that the others had already handled.
 */
export class SegmentRescaling {
  constructor(
    private readonly store: ProjectionStore,
    private readonly events: Pick<EventStore, 'readAll'>,
    private readonly definition: EventProcessorDefinition,
    private readonly membership: Membership,
  ) {}

  /**
   * Refuses a version for which this code cannot tell what each segment has handled.
   * @throws SequenceByChangedError, errors of the store
   */
  async refuse({ version, segments, sequenceBy, takenOver }: ReadModelVersion): Promise<void> {
    refuseUnknown(this.definition, [{ sequenceBy, positions: new Array<bigint>(segments).fill(0n) }]);
    const states = await this.store.leases.segments(this.#name, version);
    const positions = Array.from(
      { length: segments },
      (_, number) => states.find(({ segment }) => segment === number)?.position ?? 0n,
    );
    refuseUnknown(this.definition, neededFrom(lowest(positions), takenOver));
  }

  /**
   * Creates the successor of the active version and activates it. Returns false, and changes nothing, if another
   * version became active meanwhile or the signal ended the wait.
   * @throws SequenceByChangedError, errors of the store
   */
  async run(from: ReadModelVersion, shape: VersionShape, signal: AbortSignal): Promise<boolean> {
    await this.refuse(from);
    const taken = await this.#takeSegments(from, signal);
    if (!taken) return false;
    let version: number | undefined;
    try {
      version = await this.#switch(from, taken, shape);
    } finally {
      if (version === undefined) await this.#release(taken);
    }
    return version !== undefined;
  }

  get #name(): string {
    return this.definition.name;
  }

  /**
   * Waits until all segments are free, and claims them. Segments of a version that is no longer active cannot be
   * claimed.
   */
  async #takeSegments(from: ReadModelVersion, signal: AbortSignal): Promise<readonly Taken[] | undefined> {
    while (!signal.aborted && (await this.store.active(this.#name)) === from.version) {
      const states = await this.store.leases.segments(this.#name, from.version);
      const held = states.filter(({ owner }) => owner !== undefined);
      // While other processes work, free segments are theirs to claim.
      const taken = held.length === 0 ? await this.#takeAll(from) : undefined;
      if (taken) return taken;
      await pause(Math.min(POLL_INTERVAL_MS, ...held.map(({ freeIn }) => freeIn)), signal);
    }
    return undefined;
  }

  /** Claims in the order of the segments, so that one of two processes gets all of them. */
  async #takeAll({ version, segments }: ReadModelVersion): Promise<readonly Taken[] | undefined> {
    const { owner, leaseDuration: duration } = this.membership;
    const taken: Taken[] = [];
    for (let segment = 0; segment < segments; segment++) {
      const checkpoint = { projection: this.#name, version, segment };
      const lease = await this.store.leases.claim(checkpoint, { owner, duration });
      if (!lease.ok) {
        await this.#release(taken);
        return undefined;
      }
      taken.push({ checkpoint, fence: lease.fence, position: lease.position });
    }
    return taken;
  }

  async #release(taken: readonly Taken[]): Promise<void> {
    const { owner } = this.membership;
    // If the store is unreachable, the leases expire.
    for (const { checkpoint, fence } of taken)
      await this.store.leases.release(checkpoint, { owner, fence }).catch(() => undefined);
  }

  /**
   * Writes everything in one transaction, which succeeds only while this process owns the old segments. Returns
   * undefined if it has lost one.
   */
  async #switch(from: ReadModelVersion, taken: readonly Taken[], shape: VersionShape): Promise<number | undefined> {
    const positions = taken.map(({ position }) => position);
    const start = lowest(positions);
    const takenOver = neededFrom(start, [...from.takenOver, { sequenceBy: from.sequenceBy, positions }]);
    refuseUnknown(this.definition, takenOver);
    const { store, events, definition } = this;
    const letters = await lettersToHandOver({ store, events, definition }, from, shape);
    const version = await this.#prepare({ ...shape, takenOver, replayUntil: from.replayUntil });
    if (version === undefined) return undefined;
    try {
      await this.store.transaction(async transaction => {
        for (const each of taken) await stillTaken(transaction, each);
        await begin(transaction, { projection: this.#name, version }, shape.segments, start, letters);
        await transaction.activate(this.#name, version);
      });
      return version;
    } catch (error) {
      if (error instanceof Lost || isOutrun(error)) return undefined;
      throw error;
    }
  }

  /** Drops what a process that died had prepared, together with the old version. */
  async #prepare(schema: Omit<ReadModelSchema, 'version'>): Promise<number | undefined> {
    const version = (await this.store.versions(this.#name)).at(-1)!.version + 1;
    try {
      await this.store.prepare({ ...schema, version });
      return version;
    } catch (error) {
      if (isOutrun(error)) return undefined;
      throw error;
    }
  }
}

/** Another process owned the segments meanwhile, and has created or dropped the version. */
const isOutrun = (error: unknown): boolean =>
  EventualityError.is(error) && (error.code === 'INVALID_READ_MODEL' || error.code === 'UNKNOWN_READ_MODEL');

/** Makes sure that this process owns an old segment, and that its checkpoint stays, until the transaction ends. */
async function stillTaken(transaction: ProjectionTransaction, { checkpoint, fence, position }: Taken): Promise<void> {
  const outcome = await transaction.commit({ checkpoint, from: position, to: position, fence, writes: [] });
  if (!outcome.ok) throw new Lost();
}

async function begin(
  transaction: ProjectionTransaction,
  of: Omit<CheckpointName, 'segment'>,
  segments: number,
  start: bigint,
  letters: HandedOverLetters,
): Promise<void> {
  for (let segment = 0; segment < segments; segment++) {
    const outcome = await transaction.commit({
      checkpoint: { ...of, segment },
      ...{ from: 0n, to: start, writes: [], park: letters.get(segment) ?? [] },
    });
    if (!outcome.ok) throw new Lost();
  }
}
