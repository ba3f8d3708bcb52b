import type { ProjectionCommit, ProjectionStore } from '../../store';
import type { EventProcessorObserver } from '../event-processor-parts';
import type { SegmentPlace } from '../handling/page-handler';

/** What a commit changes, and up to where the segment is done with it. */
export type SegmentChanges = Omit<ProjectionCommit, 'checkpoint' | 'from' | 'fence'>;

/**
 * How a commit went: `moved` when the checkpoint stands elsewhere, `lost` when the segment is another process's,
 * `outdated` when another segment has changed a document that was read.
 */
export type SegmentOutcome = 'ok' | 'moved' | 'lost' | 'outdated';

/** How far a segment has come: in this process, and in the store. */
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

  /** Where the checkpoint stands, as far as this process knows. */
  get committed(): bigint {
    return this.#committed;
  }

  /** Everything up to here is handled, or parked. */
  get position(): bigint {
    return this.#position;
  }

  /** Commits what was made of the events up to `to`; of earlier ones where `to` is the checkpoint. */
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

  /** Takes note that there was nothing to do up to a position; the checkpoint follows later. */
  pass(to: bigint): void {
    this.#position = to;
    this.observer.moved(false);
  }

  /** Takes note that somebody else has moved the checkpoint. */
  moved(checkpoint: bigint): void {
    this.#committed = checkpoint;
    this.pass(checkpoint);
  }

  /** Moves the checkpoint up to what was passed over. */
  async flush(): Promise<SegmentOutcome> {
    return this.#position > this.#committed ? this.commit({ to: this.#position, writes: [] }) : 'ok';
  }
}
