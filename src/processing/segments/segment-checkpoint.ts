import type { ProjectionCommit, ProjectionStore } from '../../store';
import type { EventProcessorObserver } from '../event-processor-parts';
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
    private readonly store: ProjectionStore,
    private readonly place: SegmentPlace,
    private readonly lease: { readonly fence: bigint; readonly position: bigint },
    private readonly observer: EventProcessorObserver,
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
    const outcome = await this.store.commit({
      checkpoint: { projection, version, segment },
      from: this.#committed,
      fence,
      ...changes,
    });
    if (!outcome.ok) {
      if (outcome.fenced) return 'lost';
      if (outcome.outdated) return 'outdated';
      this.#committed = outcome.checkpoint;
      this.#position = outcome.checkpoint;
      return 'moved';
    }
    this.#committed = changes.to;
    if (changes.to > this.#position) this.#position = changes.to;
    this.observer.moved(true);
    return 'ok';
  }

  /** Records that there was nothing to do up to a position; the checkpoint follows later. */
  pass(to: bigint): void {
    this.#position = to;
    this.observer.moved(false);
  }

  /** Records that another process or transaction has moved the checkpoint. */
  moved(checkpoint: bigint): void {
    this.#committed = checkpoint;
    this.pass(checkpoint);
  }

  /** Moves the checkpoint to the last position without work. */
  async flush(): Promise<SegmentOutcome> {
    return this.#position > this.#committed ? this.commit({ to: this.#position, writes: [] }) : 'ok';
  }
}
