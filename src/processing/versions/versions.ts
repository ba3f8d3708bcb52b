import { EventualityError } from '../../messages';
import type { ProjectionStore, ReadModelVersion } from '../../store';
import type { EventProcessorDefinition } from '../definition/definition';
import { type ActiveVersions, activeOf } from './active-versions';
import type { SegmentRescaling } from './segment-rescaling';
import { type SwitchOutcome, switchReaders } from './switch';
import { hasShape, shapeOf, type VersionShape } from './version-shape';

/** What there is of a projection. */
export interface SeenVersions {
  /** The one that readers see, whichever code made it. */
  readonly active: ReadModelVersion | undefined;
  /** Those that are this code's to follow, ascending: the active one, and one that fills. */
  readonly own: readonly ReadModelVersion[];
}

/** Finds and makes the versions of one projection. */
export class Versions {
  readonly #shape: VersionShape;

  constructor(
    private readonly store: ProjectionStore,
    private readonly active: ActiveVersions,
    definition: EventProcessorDefinition,
    /** Returns the position of the store's last event. */
    private readonly head: () => Promise<bigint>,
    /** Of a reactor: it takes over from a version of another shape, where a projection fills anew. */
    private readonly rescaling?: SegmentRescaling,
  ) {
    this.#shape = shapeOf(definition);
  }

  /**
   * Returns the versions as they are: the one that is read, whichever code made it, and those that are this code's to
   * follow.
   */
  async look(): Promise<SeenVersions> {
    return this.#seenIn(await this.#all());
  }

  /** Returns the versions as this process knows them, without asking the store; undefined before it has answered. */
  get known(): SeenVersions | undefined {
    const versions = this.active.known(this.#shape.name);
    return versions && this.#seenIn(versions);
  }

  /** Returns those of the versions that are this code's to follow, ascending: the active one, and one that fills. */
  ownOf(versions: readonly ReadModelVersion[]): readonly ReadModelVersion[] {
    return this.#seenIn(versions).own;
  }

  /** Looks for the versions that are this code's to follow; where there is none, it is made. */
  async ownOrNew(signal: AbortSignal): Promise<readonly ReadModelVersion[]> {
    await this.#dropClosed();
    for (;;) {
      await this.#activateFirst();
      const { active, own } = await this.look();
      if ((active && own.length > 0) || signal.aborted) return own;
      // Another process has made one just now, and has not let readers see it yet.
      if (own.length > 0) continue;
      if (!this.rescaling || !active) await this.#next(own => own.at(-1));
      else if (await this.rescaling.run(active, this.#shape, signal))
        await this.dropBefore((await this.#active())!.version);
    }
  }

  /** Refuses a reactor that cannot take over from the version that is there. @throws SequenceByChangedError */
  async refuseHandover(): Promise<void> {
    const active = this.rescaling && (await this.#active());
    if (active && !this.#isOwn(active)) await this.rescaling!.refuse(active);
  }

  /**
   * Returns the number of the version that fills beside the active one; where there is none it is made. Those who ask
   * at once get the same.
   */
  filling(): Promise<number> {
    return this.#next(own => own.find(({ active }) => !active));
  }

  /**
   * Lets readers see a version, if it is not behind the one that is read now: readers see nothing older after the
   * switch. What that one had is forgotten. Returns what became of it; `anyway` does not look at what is parked.
   */
  async replaceWith({ version, segments }: ReadModelVersion, { anyway = false } = {}): Promise<SwitchOutcome> {
    const { name } = this.#shape;
    const active = await this.#active();
    if (active && active.version >= version) return 'switched';
    if (active) return switchReaders(this.store, { name, from: active, to: { version, segments }, anyway });
    await this.store.activate(name, version);
    return 'switched';
  }

  /** Forgets a version, unless readers see it: returns whether it is gone. */
  drop(version: number): Promise<boolean> {
    return this.store.drop(this.#shape.name, version, { unlessActive: true });
  }

  /** Forgets the versions before one. */
  async dropBefore(version: number): Promise<void> {
    for (const older of await this.#all()) if (older.version < version) await this.drop(older.version);
  }

  /** A process that has died in between may have left what was to be dropped. */
  async #dropClosed(): Promise<void> {
    for (const { version, closed } of await this.#all()) if (closed) await this.drop(version);
  }

  /**
   * Makes the next version, unless there is one already that will do, and returns its number. Several processes that
   * make it at once, of one shape, make the same. What is older than the projection is decided by its first version:
   * the others take it over.
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
        // Another process has made it meanwhile, of another shape.
        if (!hasCode(error, 'INVALID_READ_MODEL')) throw error;
        if ((await this.#all()).some(each => each.version === version)) continue;
        throw error;
      }
      if (versions.length === 0) await this.#activateFirst();
      return version;
    }
  }

  /**
   * The first version of all is active from the start. The process that finds it without does it: its maker is not that
   * far yet, or has died.
   */
  async #activateFirst(): Promise<void> {
    const { name } = this.#shape;
    const versions = await this.#all();
    const first = versions.some(({ active }) => active) ? undefined : versions.find(version => this.#isOwn(version));
    if (!first) return;
    await this.store.activate(name, first.version).catch(error => {
      // Dropped meanwhile: another process has gone on from it.
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
    // Two versions of a reactor would have each effect twice: there is the active one, and nothing beside it.
    return { active: activeOf(versions), own: this.rescaling ? own.filter(version => version.active) : own };
  }

  /** Those of this code that are not older than the active one. */
  #ownOf(versions: readonly ReadModelVersion[]): ReadModelVersion[] {
    return versions.filter(version => !version.closed && this.#isOwn(version));
  }

  #isOwn(version: ReadModelVersion): boolean {
    return hasShape(version, this.#shape);
  }
}

const hasCode = (error: unknown, code: string): boolean => EventualityError.is(error) && error.code === code;
