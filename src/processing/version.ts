import { EventualityError } from '../messages';
import type { ProjectionStore, ProjectionTransaction, ReadModelVersion } from '../store';
import type { FollowerDefinition } from './definition';
import type { Handover } from './handover';
import { REPLAY_SEGMENT } from './shares';
import { hasShape, lowest, REPLACED, shapeOf, type VersionShape } from './version-shape';

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
    definition: FollowerDefinition,
    /** Returns the position of the store's last event. */
    private readonly head: () => Promise<bigint>,
    /** Of a durable listener: it takes over from a version of another shape, where a projection fills anew. */
    private readonly handover?: Handover,
  ) {
    this.#shape = shapeOf(definition);
  }

  /** Returns the versions as they are: the one that is read, whichever code made it, and those that are this code's to follow. */
  async look(): Promise<SeenVersions> {
    const versions = await this.store.versions(this.#shape.name);
    const active = versions.find(version => version.active);
    const own = ownOf(versions, version => this.#isOwn(version));
    // Two versions of a listener would have each effect twice: there is the active one, and nothing beside it.
    return { active, own: this.handover ? own.filter(version => version.active) : own };
  }

  /** Returns the versions that are this code's to follow, ascending: the active one, and one that fills. */
  async own(): Promise<readonly ReadModelVersion[]> {
    return (await this.look()).own;
  }

  /** As {@link own}; where there is none, it is made. */
  async ownOrNew(signal: AbortSignal): Promise<readonly ReadModelVersion[]> {
    for (;;) {
      await this.#activateFirst();
      const { active, own } = await this.look();
      // A process that took over may have died before it dropped what it had taken.
      if (own[0] && this.handover) await this.dropBefore(own[0].version);
      if ((active && own.length > 0) || signal.aborted) return own;
      // Another process has made one just now, and has not let readers see it yet.
      if (own.length > 0) continue;
      if (!this.handover || !active) await this.add({ unlessOwn: true });
      else if (await this.handover.run(active, this.#shape, signal)) await this.dropBefore((await this.#active())!.version);
    }
  }

  /** Refuses a listener that cannot take over from the version that is there. @throws SequenceByChangedError */
  async refuseHandover(): Promise<void> {
    const active = this.handover && (await this.#active());
    if (active && !this.#isOwn(active)) await this.handover!.refuse(active);
  }

  /** Makes the next version, and returns its number; `unlessOwn`: not where another process has made one meanwhile. The first is active at once. */
  async add({ unlessOwn = false } = {}): Promise<number> {
    for (;;) {
      const versions = await this.store.versions(this.#shape.name);
      const made = unlessOwn ? ownOf(versions, version => this.#isOwn(version)).at(-1) : undefined;
      if (made) return made.version;
      const last = versions.at(-1);
      const version = (last?.version ?? 0) + 1;
      try {
        await this.store.prepare({ ...this.#shape, version });
      } catch (error) {
        // Another process has made it meanwhile, of another shape.
        if (!EventualityError.is(error) || error.code !== 'INVALID_READ_MODEL') throw error;
        if ((await this.store.versions(this.#shape.name)).some(known => known.version === version)) continue;
        throw error;
      }
      if (versions.length === 0) await this.#activateFirst();
      else await this.#noteHead(version);
      return version;
    }
  }

  /** Up to where events are older than a version. */
  async replayUntil(version: number): Promise<bigint> {
    const position = await this.store.checkpoint({ projection: this.#shape.name, version, segment: REPLAY_SEGMENT });
    return position === 0n ? this.#noteHead(version) : position - 1n;
  }

  /**
   * Lets readers see a version, if it is not behind the one that is read now: nobody sees anything older after the switch. Commits of both
   * wait meanwhile, and those of the old one fail afterwards. Returns true when readers see the version, or a later one.
   */
  async replaceWith(version: ReadModelVersion): Promise<boolean> {
    const { name } = this.#shape;
    const active = await this.#active();
    if (active && active.version >= version.version) return true;
    if (active && !(await this.store.transaction(transaction => replace(transaction, name, active, version)))) return false;
    if (!active) await this.store.activate(name, version.version);
    return true;
  }

  drop(version: number): Promise<void> {
    return this.store.drop(this.#shape.name, version);
  }

  /** The first version of all is active from the start. Whoever finds it without does it: its maker is not that far yet, or has died. */
  async #activateFirst(): Promise<void> {
    const versions = await this.store.versions(this.#shape.name);
    const first = versions.some(({ active }) => active) ? undefined : versions.find(version => this.#isOwn(version));
    if (!first) return;
    await this.#noteHead(first.version);
    await this.store.activate(this.#shape.name, first.version);
  }

  /** Forgets the versions before one. */
  async dropBefore(version: number): Promise<void> {
    const { name } = this.#shape;
    for (const older of await this.store.versions(name)) if (older.version < version) await this.store.drop(name, older.version);
  }

  async #active(): Promise<ReadModelVersion | undefined> {
    return (await this.store.versions(this.#shape.name)).find(({ active }) => active);
  }

  /** Writes down where the events end now, plus one, so that an empty store is told from a version without a note. The first note holds. */
  async #noteHead(version: number): Promise<bigint> {
    const checkpoint = { projection: this.#shape.name, version, segment: REPLAY_SEGMENT };
    const outcome = await this.store.commit({ checkpoint, from: 0n, to: (await this.head()) + 1n, writes: [] });
    return (outcome.ok ? await this.store.checkpoint(checkpoint) : outcome.checkpoint) - 1n;
  }

  #isOwn(version: ReadModelVersion): boolean {
    return hasShape(version, this.#shape);
  }
}

/** Those of a kind that are not older than the active one. */
function ownOf(versions: readonly ReadModelVersion[], isOwn: (version: ReadModelVersion) => boolean): ReadModelVersion[] {
  const active = versions.find(version => version.active)?.version ?? 0;
  return versions.filter(version => version.version >= active && isOwn(version));
}

async function replace(
  transaction: ProjectionTransaction,
  projection: string,
  active: ReadModelVersion,
  { version, segments }: ReadModelVersion,
): Promise<boolean> {
  const read = await positions(transaction, projection, active);
  const filled = await positions(transaction, projection, { version, segments });
  if (lowest(filled) < most(read)) return false;
  for (const [segment, from] of read.entries()) {
    await transaction.commit({ checkpoint: { projection, version: active.version, segment }, from, to: REPLACED, writes: [] });
  }
  await transaction.activate(projection, version);
  return true;
}

/** Where the segments of a version stand; they stay there until the transaction ends. */
async function positions(
  transaction: ProjectionTransaction,
  projection: string,
  { version, segments }: Pick<ReadModelVersion, 'version' | 'segments'>,
): Promise<bigint[]> {
  const found: bigint[] = [];
  for (let segment = 0; segment < segments; segment++) found.push(await transaction.lock({ projection, version, segment }));
  return found;
}

const most = (list: readonly bigint[]): bigint => list.reduce((highest, each) => (each > highest ? each : highest));
