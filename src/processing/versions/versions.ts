import { EventualityError } from '../../messages';
import type { ProjectionStore, ReadModelVersion } from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import { type ActiveVersions, activeOf } from './active-versions';
import type { SegmentRescaling } from './segment-rescaling';
import { type SwitchOutcome, switchReaders } from './switch';
import { hasShape, shapeOf, type VersionShape } from './version-shape';

/** The versions of a projection. */
export interface SeenVersions {
  /** The version that readers see, whichever code created it. */
  readonly active: ReadModelVersion | undefined;
  /** The versions that this code follows, ascending: the active one, and one that fills. */
  readonly own: readonly ReadModelVersion[];
}

/** Finds and creates the versions of one projection. */
export class Versions {
  readonly #shape: VersionShape;

  constructor(
    private readonly store: ProjectionStore,
    private readonly active: ActiveVersions,
    definition: EventProcessorDefinition,
    /** Returns the position of the store's last event. */
    private readonly head: () => Promise<bigint>,
    /** Reactors only: takes over from a version of another shape, where a projection would be filled again. */
    private readonly rescaling?: SegmentRescaling,
  ) {
    this.#shape = shapeOf(definition);
  }

  /**
   * Returns the current versions: the one that readers see, whichever code created it, and those that this code
   * follows.
   */
  async look(): Promise<SeenVersions> {
    return this.#seenIn(await this.#all());
  }

  /** Returns the known versions without asking the store; undefined before it has answered. */
  get known(): SeenVersions | undefined {
    const versions = this.active.known(this.#shape.name);
    return versions && this.#seenIn(versions);
  }

  /** Whether the active version is of this code, and none fills beside it. */
  get isCalm(): boolean {
    const { active, own = [] } = this.known ?? {};
    return active !== undefined && own.length === 1 && own[0]!.version === active.version;
  }

  /** Returns the versions that this code follows, ascending: the active one, and one that fills. */
  ownOf(versions: readonly ReadModelVersion[]): readonly ReadModelVersion[] {
    return this.#seenIn(versions).own;
  }

  /** Finds the versions that this code follows, and creates one if there is none. */
  async ownOrNew(signal: AbortSignal): Promise<readonly ReadModelVersion[]> {
    await this.#dropClosed();
    for (;;) {
      await this.#activateFirst();
      const { active, own } = await this.look();
      if ((active && own.length > 0) || signal.aborted) return own;
      // Another process has just created one, and readers do not see it yet.
      if (own.length > 0) continue;
      if (!this.rescaling || !active) await this.#next(own => own.at(-1));
      else if (await this.rescaling.run(active, this.#shape, signal))
        await this.dropBefore((await this.#active())!.version);
    }
  }

  /** Refuses a reactor that cannot take over from the existing version. @throws SequenceByChangedError */
  async refuseHandover(): Promise<void> {
    const active = this.rescaling && (await this.#active());
    if (active && !this.#isOwn(active)) await this.rescaling!.refuse(active);
  }

  /**
   * Returns the number of the version that fills beside the active one, and creates it if there is none. Concurrent
   * callers get the same number.
   */
  filling(): Promise<number> {
    return this.#next(own => own.find(({ active }) => !active));
  }

  /**
   * Switches readers to a version unless it is behind the current one, so that readers never see older documents, and
   * drops what the current one had. Returns the outcome; `flush` stores the positions of this process's segments;
   * `anyway` ignores what is parked.
   */
  async replaceWith(
    { version, segments }: ReadModelVersion,
    flush: () => Promise<void>,
    anyway = false,
  ): Promise<SwitchOutcome> {
    const { name } = this.#shape;
    const active = await this.#active();
    if (active && active.version >= version) return 'switched';
    if (active) return switchReaders(this.store, { name, from: active, to: { version, segments }, anyway, flush });
    await this.store.activate(name, version);
    return 'switched';
  }

  /** Drops a version unless readers see it; returns whether it is gone. */
  drop(version: number): Promise<boolean> {
    return this.store.drop(this.#shape.name, version, { unlessActive: true });
  }

  /** Drops the versions before one. */
  async dropBefore(version: number): Promise<void> {
    for (const older of await this.#all()) if (older.version < version) await this.drop(older.version);
  }

  /** Drops closed versions that a process left behind when it died. */
  async #dropClosed(): Promise<void> {
    for (const { version, closed } of await this.#all()) if (closed) await this.drop(version);
  }

  /**
   * Creates the next version, unless a suitable one exists, and returns its number. Processes that create versions of
   * the same shape at the same time create one. Which events are older than the projection is decided by its first
   * version; the others inherit that.
   */
  async #next(known: (own: readonly ReadModelVersion[]) => ReadModelVersion | undefined): Promise<number> {
    for (;;) {
      const versions = await this.#all();
      const made = known(this.#ownOf(versions));
      if (made) return made.version;
      const version = (versions.at(-1)?.version ?? 0) + 1;
      const replayUntil = versions[0]?.replayUntil ?? (await this.head());
      try {
        await this.store.prepare({ ...this.#shape, version, replayUntil });
      } catch (error) {
        // Another process has created it meanwhile, with another shape.
        if (!hasCode(error, 'INVALID_READ_MODEL')) throw error;
        if ((await this.#all()).some(each => each.version === version)) continue;
        throw error;
      }
      if (versions.length === 0) await this.#activateFirst();
      return version;
    }
  }

  /**
   * The very first version is active from the start. A process that finds it inactive activates it: its creator is not
   * there yet, or has died.
   */
  async #activateFirst(): Promise<void> {
    const { name } = this.#shape;
    const versions = await this.#all();
    const first = versions.some(({ active }) => active) ? undefined : versions.find(version => this.#isOwn(version));
    if (!first) return;
    await this.store.activate(name, first.version).catch(error => {
      // Dropped meanwhile: another process has replaced it.
      if (!hasCode(error, 'UNKNOWN_READ_MODEL')) throw error;
    });
  }

  #all(): Promise<readonly ReadModelVersion[]> {
    return this.active.look(this.#shape.name);
  }

  async #active(): Promise<ReadModelVersion | undefined> {
    return activeOf(await this.#all());
  }

  #seenIn(versions: readonly ReadModelVersion[]): SeenVersions {
    const own = this.#ownOf(versions);
    // Two versions of a reactor would repeat each effect, so only the active one is followed.
    return { active: activeOf(versions), own: this.rescaling ? own.filter(version => version.active) : own };
  }

  /** The versions of this code that are not older than the active one. */
  #ownOf(versions: readonly ReadModelVersion[]): ReadModelVersion[] {
    return versions.filter(version => !version.closed && this.#isOwn(version));
  }

  #isOwn(version: ReadModelVersion): boolean {
    return hasShape(version, this.#shape);
  }
}

const hasCode = (error: unknown, code: string): boolean => EventualityError.is(error) && error.code === code;
