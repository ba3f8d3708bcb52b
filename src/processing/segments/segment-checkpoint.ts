import type { CommitOutcome, ProjectionCommit } from '../../store';
import type { EventProcessorParts } from '../event-processor-parts';
import type { SegmentPlace } from '../handling/page-handler';

/** The changes of a commit, and the position that the segment has then reached. */
export type SegmentChanges = Omit<ProjectionCommit, 'checkpoint' | 'from' | 'fence'>;

/**
 * The outcome of a commit: `moved` when the checkpoint is elsewhere, `lost` when another process owns the segment,
 * `outdated` when another segment has changed a document that was read.
 */
export type SegmentOutcome = 'ok' | 'moved' | 'lost' | 'outdated';

/** The progress of a segment: in this process, and in the store. */
export class SegmentCheckpoint {
  #committed: bigint;
  #position: bigint;

  constructor(
    private readonly parts: Pick<EventProcessorParts, 'store' | 'pulse' | 'observer'>,
    private readonly place: SegmentPlace,
    private readonly lease: { readonly fence: bigint; readonly position: bigint },
  ) {
    this.#committed = lease.position;
    this.#position = lease.position;
  }

  /** The checkpoint, as far as this process knows. */
  get committed(): bigint {
    return this.#committed;
  }

  /** Every event up to here is handled or parked. */
  get position(): bigint {
    return this.#position;
  }

  /** Commits the results of the events up to `to`, or of earlier events if `to` is the checkpoint. */
  async commit(changes: SegmentChanges): Promise<SegmentOutcome> {
    const { fence } = this.lease;
    const { projection, version, segment } = this.place;
    const from = this.#committed;
    if (isMove(changes) && changes.to > from) {
      const move = { projection, version, segment, from, to: changes.to, fence };
      return this.#went(await this.parts.pulse.pass(move), changes.to, false);
    }
    const outcome = await this.parts.store.commit({
      checkpoint: { projection, version, segment },
      from,
      fence,
      ...changes,
    });
    return this.#went(outcome, changes.to, true);
  }

  #went(outcome: CommitOutcome, to: bigint, isWritten: boolean): SegmentOutcome {
    if (!outcome.ok) {
      if (outcome.fenced) return 'lost';
      if (outcome.outdated) return 'outdated';
      this.#committed = outcome.checkpoint;
      this.#position = outcome.checkpoint;
      return 'moved';
    }
    this.#committed = to;
    if (to > this.#position) this.#position = to;
    this.parts.observer.moved(isWritten);
    return 'ok';
  }

  /** Records that there was nothing to do up to a position; the checkpoint follows later. */
  pass(to: bigint): void {
    this.#position = to;
    this.parts.observer.moved(false);
  }

  /** Records that another process or transaction has moved the checkpoint. */
  moved(checkpoint: bigint): void {
    this.#committed = checkpoint;
    this.pass(checkpoint);
  }

  /** Moves the checkpoint to the last position without work: together with other segments, or at once. */
  async flush({ atOnce = false } = {}): Promise<SegmentOutcome> {
    const [from, to] = [this.#committed, this.#position];
    if (to <= from) return 'ok';
    const { projection, version, segment } = this.place;
    const { fence } = this.lease;
    const move = { projection, version, segment, from, to, fence };
    const { pulse } = this.parts;
    pulse.positions.done();
    return this.#went(await (atOnce ? pulse.passAtOnce(move) : pulse.pass(move)), to, false);
  }
}

/** Whether there is nothing to write, so that the checkpoint can be moved together with those of other segments. */
const isMove = ({ to, ...changes }: SegmentChanges): boolean =>
  Object.values(changes).every(each => each === undefined || (Array.isArray(each) && each.length === 0));
