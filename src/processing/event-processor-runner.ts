import { reportAs, reportFailure } from '../messages';
import type { ReadModelVersion } from '../store';
import type { EventProcessorDefinition } from './definition/definition';
import { VersionsLostError } from './event-processor-errors';
import type { EventProcessorObserver } from './event-processor-parts';
import type { RunnerParts } from './event-processor-runner-parts';
import type { HandlerInvoker } from './handling/handler-invoker';
import { FollowedVersions } from './segments/followed-versions';
import { LastError } from './status/last-error';
import { type OwnStatus, StatusReader } from './status/status-reader';
import { RepeatedLooks } from './versions/repeated-looks';
import { SegmentRescaling } from './versions/segment-rescaling';
import { Succession } from './versions/succession';
import { type SeenVersions, Versions } from './versions/versions';

/** How often a switch is tried in one look, with so many milliseconds, at most, in between. */
const MAX_SWITCH_ATTEMPTS = 50;
const SWITCH_PAUSE_MS = 5;

/** Runs one projection or reactor in this process: the version that is read, and one that fills. */
export class EventProcessorRunner {
  readonly #versions: Versions;
  readonly #succession: Succession;
  readonly #followed: FollowedVersions;
  readonly #looks = new RepeatedLooks(
    () => this.#adjust(),
    (error, failures) => this.#couldNotLook(error, failures),
  );
  readonly #status: StatusReader;
  readonly #lastError: LastError;
  /** Where the events ended when it was last looked whether a version has caught up. */
  #headBefore: bigint | undefined;
  /** Whether there was a version that is read when it looked last; undefined before. */
  #hadActive: boolean | undefined;

  constructor(
    private readonly parts: RunnerParts,
    private readonly handling: HandlerInvoker,
  ) {
    const { store, eventStore, membership } = parts;
    const { definition } = handling;
    const rescaling =
      definition.kind === 'reactor' ? new SegmentRescaling(store, eventStore, definition, membership) : undefined;
    this.#versions = new Versions(store, parts.active, definition, () => parts.head.position(), rescaling);
    this.#status = new StatusReader(parts, handling.definition);
    this.#lastError = new LastError(parts.clock);
    const changed = (): void => parts.changed(this.name);
    parts.active.whenSwitched(name => name === this.name && this.#tellReaders());
    const shared = { ...parts, handling, observer: this.#observer, lastError: () => this.#lastError.ofHandler };
    this.#followed = new FollowedVersions(shared, membership, changed);
    const { options } = handling.definition;
    this.#succession = new Succession({
      ...{ store: parts.store, name: this.name, revision: options.version ?? 1 },
      leaseDuration: parts.membership.leaseDuration,
    });
    parts.history.whenReplaced(() => this.#forget());
  }

  get name(): string {
    return this.definition.name;
  }

  get definition(): EventProcessorDefinition {
    return this.handling.definition;
  }

  /** Begins to follow, in the background. */
  start(): void {
    this.#looks.start();
  }

  /**
   * Resolves when its first version is there: what happens from then on is news, and not older than it.
   * @throws SequenceByChangedError, errors of the store
   */
  async prepared(): Promise<void> {
    if (!this.parts.follow) return;
    const isThere = (await this.parts.active.look(this.name)).length > 0;
    await (isThere ? this.#versions.refuseHandover() : this.#looks.now());
  }

  /** Stops, keeps what is done, and gives the segments back. */
  async close(): Promise<void> {
    const ended = this.#looks.end();
    this.parts.changes.tell();
    await ended;
    await this.#followed.end();
  }

  /** What this process knows of how it is getting on. */
  get known(): OwnStatus {
    const seen = this.#versions.known;
    return {
      ...{ active: seen?.active, own: seen?.own ?? [], positions: this.#positionsOf(this.#read) },
      ...{
        stopped: this.stopped,
        closed: this.#looks.ending.aborted,
        known: this.hasLooked,
        lastError: this.#lastError,
      },
    };
  }

  /** Whether it is known which versions there are. */
  get hasLooked(): boolean {
    return this.#versions.known !== undefined;
  }

  /** Begins to fill a version beside the one that is read, or finds one that fills already, and returns its number. */
  async fill(): Promise<number> {
    await this.#versions.ownOrNew(this.#looks.ending);
    const version = await this.#versions.filling();
    await this.#looks.now();
    return version;
  }

  /** Forgets a version, unless readers see it; returns whether it is gone. */
  async drop(version: number): Promise<boolean> {
    const gone = await this.#versions.drop(version);
    await this.#looks.now();
    return gone;
  }

  /** Lets readers see a version as soon as it has caught up, whatever is parked in it. */
  async switchAnyway(version: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const filled = (await this.parts.active.look(this.name)).find(each => each.version === version);
      const outcome = filled ? await this.#versions.replaceWith(filled, { anyway: true }) : 'gone';
      if (outcome === 'switched') await this.#versions.dropBefore(version);
      if (outcome !== 'behind') break;
      await this.parts.changes.next(SWITCH_PAUSE_MS, signal);
    }
    await this.#looks.now();
  }

  /**
   * The position up to which everything is handled or parked, in the version that is read, whichever code follows it.
   */
  async position(): Promise<bigint> {
    const position = await this.#positionRead();
    if (position !== undefined) return position;
    // Another process has switched, or dropped what was read: this one need not wait for its own look.
    await this.#versions.look();
    return (await this.#positionRead()) ?? 0n;
  }

  /** Goes on after a stop; returns with how many segments. */
  restart(): number {
    return this.#followed.restart();
  }

  /** Whether it goes on: it has neither stopped nor ended. */
  get isRunning(): boolean {
    return !this.stopped && !this.#looks.ending.aborted;
  }

  /** Whether it waits for `restart()`, after an error with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#followed.stopped;
  }

  /** Whether a segment of the version that is read has stopped in another process. @throws errors of the store */
  async hasStoppedElsewhere(): Promise<boolean> {
    const version = this.#read;
    return version !== undefined && this.#status.hasStoppedElsewhere(version);
  }

  /** Tries what is due now. */
  tick(): Promise<void> {
    return this.#followed.tick();
  }

  /** Whether a parked sequence waits to be tried again by itself, in any process. @throws errors of the store */
  retrying(): Promise<boolean> {
    return this.#followed.retrying();
  }

  /** Takes note of what a handler has thrown, also where an append called it. */
  failed(error: unknown, position: bigint | undefined): void {
    this.#lastError.handler(error, position);
  }

  #couldNotLook(error: unknown, failures: number): void {
    this.#lastError.other(error);
    if (this.parts.history.noticed(error) || failures > 1) return;
    const line = { level: 'error', message: `'${this.name}' could not look for its versions.` } as const;
    reportAs(line, error, { kind: this.definition.kind, name: this.name }, this.parts);
  }

  /** Follows the versions that are this code's, and no other; switches to the newest when it has caught up. */
  async #adjust(): Promise<void> {
    const found = await this.#versions.look();
    this.parts.history.answered();
    const isToBegin = this.parts.follow && (this.#hadActive === undefined || found.own.length === 0);
    const seen = isToBegin ? await this.#begin(found) : found;
    this.#hadActive = seen.active !== undefined;
    if (!this.parts.follow) return;
    const { active, own } = seen;
    await this.#followed.only(own);
    const newest = own.at(-1);
    if (!newest || newest.active || !(await this.#succession.mayReplace(active))) return;
    if (await this.#hasCaughtUp(newest)) await this.#switchTo(newest);
  }

  /**
   * Makes a version of this code where it is its turn: at the start, and later where the one that is read is not
   * followed any more.
   */
  async #begin(found: SeenVersions): Promise<SeenVersions> {
    const isFirst = this.#hadActive === undefined;
    if (!isFirst && !(await this.#succession.begins(found.active))) return found;
    // None of them commits into a new version that has the number of its own.
    if (!isFirst) await this.#followed.only([]);
    // Where the events are others, too, that was said.
    if (this.#hadActive && !found.active && (await this.parts.history.confirm()))
      this.#report(new VersionsLostError(this.name));
    await this.#versions.ownOrNew(this.#looks.ending);
    return this.#versions.look();
  }

  /**
   * Tries for a moment to find the new version as far as the one that is read, which goes on meanwhile; else the next
   * look does it.
   */
  async #switchTo(newest: ReadModelVersion): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      // Checkpoints are compared as they are stored: what was passed over is stored with this. Without it, under a
      // steady stream of events, they might not be that far in any moment for minutes.
      await this.tick();
      const outcome = await this.#versions.replaceWith(newest);
      if (outcome === 'switched') break;
      if (outcome !== 'behind' || attempt === MAX_SWITCH_ATTEMPTS) return;
      await this.parts.changes.next(SWITCH_PAUSE_MS, this.#looks.ending);
    }
    // Before the old one is dropped, which may take a while: who reads or waits looks at the new one from here on.
    await this.#versions.look();
    await this.#versions.dropBefore(newest.version);
    await this.#followed.only([newest]);
  }

  /** Which versions there are, and how far they have come, was of a history that is no more. */
  #forget(): void {
    this.#hadActive = undefined;
    this.#headBefore = undefined;
    this.#followed.abandon();
    this.#tellReaders();
    this.#looks.hurry();
  }

  /** Those who read, and those who wait, are to look again. */
  #tellReaders(): void {
    this.parts.changed(this.name);
    this.parts.changes.tell();
  }

  /** As far as the events went when it was last looked. */
  async #hasCaughtUp(version: ReadModelVersion): Promise<boolean> {
    const before = this.#headBefore;
    this.#headBefore = await this.parts.head.position();
    const position = (await this.#status.position(version, this.#positionsOf(version))) ?? 0n;
    return position >= (before ?? this.#headBefore);
  }

  /** The version that readers see, whichever code made it; before there is one, the newest of this code. */
  get #read(): ReadModelVersion | undefined {
    const seen = this.#versions.known;
    return seen?.active ?? seen?.own.at(-1);
  }

  async #positionRead(): Promise<bigint | undefined> {
    const version = this.#read;
    return version && this.#status.position(version, this.#positionsOf(version));
  }

  #positionsOf(version: ReadModelVersion | undefined): ReadonlyMap<number, bigint> | undefined {
    return version && this.#followed.positionsOf(version);
  }

  get #observer(): EventProcessorObserver {
    return {
      moved: written => {
        if (written) this.parts.changed(this.name);
        this.parts.changes.tell();
      },
      failed: (error, position) => this.failed(error, position),
      troubled: error => {
        this.#lastError.other(error);
        this.parts.history.noticed(error);
      },
    };
  }

  #report(error: unknown): void {
    const { name, definition, parts } = this;
    reportFailure(error, { kind: definition.kind, name }, parts, 'it begins again');
  }
}
