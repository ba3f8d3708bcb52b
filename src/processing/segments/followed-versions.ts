import type { ReadModelVersion } from '../../store';
import type { EventProcessorParts } from '../event-processor-parts';
import type { Membership } from './segment-assignment';
import { VersionProcessor } from './version-processor';

/** The versions of one projection or reactor that this process follows. */
export class FollowedVersions {
  readonly #processors = new Map<number, VersionProcessor>();

  constructor(
    private readonly parts: EventProcessorParts,
    private readonly membership: Membership,
    /** Told when a version is followed, or no longer. */
    private readonly changed: () => void,
  ) {}

  /** Whether an event failed for the last time with `onError: 'stop'` in one of them. */
  get stopped(): boolean {
    return this.#all.some(({ stopped }) => stopped);
  }

  /** Whether a parked sequence waits to be tried again by itself, in any process. @throws errors of the store */
  async retrying(): Promise<boolean> {
    const retrying = await Promise.all(this.#all.map(processor => processor.retrying()));
    return retrying.includes(true);
  }

  /**
   * The positions of the segments of a version that this process has; undefined where it does not follow the version.
   */
  positionsOf({ version }: ReadModelVersion): ReadonlyMap<number, bigint> | undefined {
    return this.#processors.get(version)?.positions;
  }

  /** Follows these versions, those that it does not follow yet, and no other. */
  async only(versions: readonly ReadModelVersion[]): Promise<void> {
    const wanted = new Set(versions.map(({ version }) => version));
    for (const [number, processor] of this.#processors)
      if (!wanted.has(number) || processor.gone) await this.#stop(number, processor);
    for (const version of versions) if (!this.#processors.has(version.version)) this.#follow(version);
  }

  /** Keeps nothing of what is being done: it is of a history that is no more. The next call of `only` begins anew. */
  abandon(): void {
    for (const processor of this.#all) processor.abandon();
  }

  /** Goes on after a stop; returns with how many segments. */
  restart(): number {
    return this.#all.reduce((segments, processor) => segments + processor.restart(), 0);
  }

  /** Tries what is due now. */
  async tick(): Promise<void> {
    await Promise.all(this.#all.map(processor => processor.tick()));
  }

  /** Stops, keeps what is done, and gives the segments back. */
  async end(): Promise<void> {
    await Promise.all(this.#all.map(processor => processor.end()));
  }

  get #all(): VersionProcessor[] {
    return [...this.#processors.values()];
  }

  #follow(version: ReadModelVersion): void {
    this.#processors.set(version.version, new VersionProcessor(this.parts, version, this.membership));
    this.changed();
  }

  async #stop(number: number, processor: VersionProcessor): Promise<void> {
    this.#processors.delete(number);
    await processor.end();
    this.changed();
  }
}
