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

/** How often it is looked whether the processes with the old code have stopped, in milliseconds. */
const POLL_INTERVAL_MS = 100;

/** A segment of the old version that this process has, so that it stays where it is. */
interface Taken {
  readonly checkpoint: CheckpointName;
  readonly fence: bigint;
  readonly position: bigint;
}

/** Thrown inside of the transaction, and caught outside of it: a segment is not this process's any more. */
class Lost extends Error {}

/**
 * Takes a reactor over from code that assigned events to segments in another way. Its effects must not happen twice, so
 * nothing is filled anew: when the processes with the old code have stopped, the new segments go on from where the
 * slowest of the old ones was, and leave out what the others had handled already.
 */
export class SegmentRescaling {
  constructor(
    private readonly store: ProjectionStore,
    private readonly events: Pick<EventStore, 'readAll'>,
    private readonly definition: EventProcessorDefinition,
    private readonly membership: Membership,
  ) {}

  /**
   * Refuses a version of which this code cannot tell what each segment has handled. @throws SequenceByChangedError,
   * errors of the store
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
   * Makes the next version of the active one, and readers see it. Returns false where the active one is another by
   * then, or the signal has ended the wait: then nothing has changed.
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
   * Waits until all segments are free, and takes them. Those of a version that is no longer active cannot be taken.
   */
  async #takeSegments(from: ReadModelVersion, signal: AbortSignal): Promise<readonly Taken[] | undefined> {
    while (!signal.aborted && (await this.store.active(this.#name)) === from.version) {
      const states = await this.store.leases.segments(this.#name, from.version);
      const held = states.filter(({ owner }) => owner !== undefined);
      // Where others still work, what is free is theirs.
      const taken = held.length === 0 ? await this.#takeAll(from) : undefined;
      if (taken) return taken;
      await pause(Math.min(POLL_INTERVAL_MS, ...held.map(({ freeIn }) => freeIn)), signal);
    }
    return undefined;
  }

  /** In the order of the segments: of two processes one gets all of them. */
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
    // Where the store cannot be asked the leases run out by themselves.
    for (const { checkpoint, fence } of taken)
      await this.store.leases.release(checkpoint, { owner, fence }).catch(() => undefined);
  }

  /**
   * Writes all of it in one transaction, which holds only while the old segments are this process's. Returns undefined
   * where they are not any more.
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

  /** What a process that died has prepared in vain goes together with the old version. */
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

/** Another process, which has the segments by now, has made the version, or dropped it. */
const isOutrun = (error: unknown): boolean =>
  EventualityError.is(error) && (error.code === 'INVALID_READ_MODEL' || error.code === 'UNKNOWN_READ_MODEL');

/** Makes sure, up to the end of the transaction, that an old segment is this process's, and stays where it was. */
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
