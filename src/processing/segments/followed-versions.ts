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
    /** Called when this process begins or stops following a version. */
    private readonly changed: () => void,
  ) {}

  /** Whether one of them has stopped at an event that failed for the last time with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#all.some(({ stopped }) => stopped);
  }

  /** Whether this process leaves one of them to newer code. */
  get outdated(): boolean {
    return this.#all.some(({ outdated }) => outdated);
  }

  /** Whether a parked sequence waits for an automatic retry, in any process. @throws errors of the store */
  async retrying(): Promise<boolean> {
    const retrying = await Promise.all(this.#all.map(processor => processor.retrying()));
    return retrying.includes(true);
  }

  /** The positions of the segments of a version that this process owns; undefined if it does not follow the version. */
  positionsOf({ version }: ReadModelVersion): ReadonlyMap<number, bigint> | undefined {
    return this.#processors.get(version)?.positions;
  }

  /** Follows these versions and no others. */
  async only(versions: readonly ReadModelVersion[]): Promise<void> {
    const wanted = new Set(versions.map(({ version }) => version));
    for (const [number, processor] of this.#processors)
      if (!wanted.has(number) || processor.gone) await this.#stop(number, processor);
    for (const version of versions) if (!this.#processors.has(version.version)) this.#follow(version);
  }

  /** Drops all work in progress, because its history was replaced. The next call of `only` starts again. */
  abandon(): void {
    for (const processor of this.#all) processor.abandon();
  }

  /** Continues after a stop; returns the number of segments that continue. */
  restart(): number {
    return this.#all.reduce((segments, processor) => segments + processor.restart(), 0);
  }

  /** Stores the positions of all segments at once. */
  async flush(): Promise<void> {
    await Promise.all(this.#all.map(processor => processor.flush()));
  }

  /** Retries what is due now. */
  async tick(): Promise<void> {
    await Promise.all(this.#all.map(processor => processor.tick()));
  }

  /** Stops, keeps what is committed, and releases the segments. */
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
