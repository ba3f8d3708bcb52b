import { reportAs, reportFailure } from '../messages';
import type { ReadModelVersion } from '../store';
import type { EventProcessorDefinition } from './definition/definition';
import { VersionsLostError } from './event-processor-errors';
import type { EventProcessorObserver } from './event-processor-parts';
import type { RunnerParts } from './event-processor-runner-parts';
import type { HandlerInvoker } from './handling/handler-invoker';
import { isPendingProcess } from './processes/work/pending';
import { FollowedVersions } from './segments/followed-versions';
import { LastError } from './status/last-error';
import { type OwnStatus, StatusReader } from './status/status-reader';
import { RepeatedLooks } from './versions/repeated-looks';
import { SegmentRescaling } from './versions/segment-rescaling';
import { Succession } from './versions/succession';
import { type SeenVersions, Versions } from './versions/versions';

/** How often one round tries a switch, and the longest pause between two attempts, in milliseconds. */
const MAX_SWITCH_ATTEMPTS = 50;
const SWITCH_PAUSE_MS = 5;

/** Runs one projection or reactor in this process: the active version, and one that fills. */
export class EventProcessorRunner {
  readonly #versions: Versions;
  readonly #succession: Succession;
  readonly #followed: FollowedVersions;
  readonly #looks = new RepeatedLooks(
    () => this.#adjust(),
    (error, failures) => this.#couldNotLook(error, failures),
    signal => this.parts.pulse.versionBeat(signal, this.#versions.isCalm),
  );
  readonly #status: StatusReader;
  readonly #lastError: LastError;
  /** The position of the last event when it was last checked whether a version has caught up. */
  #headBefore: bigint | undefined;
  /** Whether there was an active version in the last round; undefined before the first. */
  #hadActive: boolean | undefined;

  constructor(
    private readonly parts: RunnerParts,
    private readonly handling: HandlerInvoker,
  ) {
    const { store, eventStore, membership } = parts;
    const { definition } = handling;
    const rescaling =
      definition.kind !== 'projection' ? new SegmentRescaling(store, eventStore, definition, membership) : undefined;
    this.#versions = new Versions(store, parts.active, definition, () => parts.head.position(), rescaling);
    this.#status = new StatusReader(parts, handling.definition);
    this.#lastError = new LastError(parts.clock);
    const changed = (): void => parts.changed(this.name);
    parts.active.whenSwitched(name => name === this.name && this.#tellReaders());
    const shared = { ...parts, handling, observer: this.#observer, lastError: () => this.#lastError.ofHandler };
    this.#followed = new FollowedVersions(shared, membership, changed);
    const { options } = handling.definition;
    this.#succession = new Succession({
      store: parts.store,
      ...{ name: this.name, revision: options.version ?? 1 },
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

  /** Starts to follow, in the background. */
  start(): void {
    this.#looks.start();
  }

  /**
   * Resolves when the first version exists, which is followed at once if `begins`: events from then on are news.
   * @throws SequenceByChangedError, errors of the store
   */
  async prepared(begins = true): Promise<void> {
    if (!this.parts.follow) return;
    if ((await this.parts.active.look(this.name)).length > 0) await this.#versions.refuseHandover();
    else await (begins ? this.#looks.now() : this.#versions.ownOrNew(this.#looks.ending));
  }

  /** Stops, keeps what is committed, and releases the segments. */
  async close(): Promise<void> {
    const ended = this.#looks.end();
    this.parts.changes.tell();
    await ended;
    await this.#followed.end();
  }

  /** The status as far as this process knows it. */
  get known(): OwnStatus {
    const seen = this.#versions.known;
    return {
      active: seen?.active,
      ...{ own: seen?.own ?? [], positions: this.#positionsOf(this.#read) },
      ...{ stopped: this.stopped, outdated: this.#followed.outdated, closed: this.#looks.ending.aborted },
      ...{ known: this.hasLooked, lastError: this.#lastError },
    };
  }

  /** Whether the versions are known; a process that follows creates one if there is none. */
  get hasLooked(): boolean {
    const seen = this.#versions.known;
    return seen !== undefined && (!this.parts.follow || seen.active !== undefined);
  }

  /** Starts to fill a version beside the active one, unless one fills already, and returns its number. */
  async fill(): Promise<number> {
    await this.#versions.ownOrNew(this.#looks.ending);
    const version = await this.#versions.filling();
    await this.#looks.now();
    return version;
  }

  /** Drops a version unless readers see it; returns whether it is gone. */
  async drop(version: number): Promise<boolean> {
    const gone = await this.#versions.drop(version);
    await this.#looks.now();
    return gone;
  }

  /** Switches readers to a version as soon as it has caught up, whatever is parked in it. */
  async switchAnyway(version: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const filled = (await this.parts.active.look(this.name)).find(each => each.version === version);
      const outcome = filled ? await this.#versions.replaceWith(filled, this.#flush, true) : 'gone';
      if (outcome === 'switched') await this.#versions.dropBefore(version);
      if (outcome !== 'behind') break;
      await this.parts.changes.next(SWITCH_PAUSE_MS, signal);
    }
    await this.#looks.now();
  }

  /** The position up to which everything is handled or parked in the active version, whichever code follows it. */
  async position(): Promise<bigint> {
    const position = await this.#positionRead();
    if (position !== undefined) return position;
    // Another process has switched versions or dropped the active one: this one need not wait for its own round.
    await this.#versions.look();
    return (await this.#positionRead()) ?? 0n;
  }

  /** Continues after a stop; returns the number of segments that continue. */
  restart(): number {
    return this.#followed.restart();
  }

  /** Whether it continues: it has neither stopped nor ended. */
  get isRunning(): boolean {
    return !this.stopped && !this.#looks.ending.aborted;
  }

  /** Whether it waits for `restart()`, after an error with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#followed.stopped;
  }

  /** Whether a segment of the active version has stopped in another process. @throws errors of the store */
  async hasStoppedElsewhere(): Promise<boolean> {
    const version = this.#read;
    return version !== undefined && this.#status.hasStoppedElsewhere(version);
  }

  /** Retries what is due now. */
  tick(): Promise<void> {
    return this.#followed.tick();
  }

  /** Whether work is due, in any process, that no further event triggers. @throws errors of the store */
  async isPending(): Promise<boolean> {
    // Before its first round this process follows nothing.
    if (this.parts.follow && this.#hadActive === undefined) await this.#looks.now();
    return (await isPendingProcess(this.parts, this.definition, this.#read)) ?? this.#followed.retrying();
  }

  /** Records the error of a handler, including one that an append called. */
  failed(error: unknown, position: bigint | undefined): void {
    this.#lastError.handler(error, position);
  }

  #couldNotLook(error: unknown, failures: number): void {
    this.#lastError.other(error);
    if (this.parts.history.noticed(error) || failures > 1) return;
    const line = { level: 'error', message: `'${this.name}' could not look for its versions.` } as const;
    reportAs(line, error, { kind: this.definition.kind, name: this.name }, this.parts);
  }

  /** Follows the versions of this code and no others; switches to the newest when it has caught up. */
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
   * Creates a version of this code when it is its turn: at the start, and later if the active version is no longer
   * followed.
   */
  async #begin(found: SeenVersions): Promise<SeenVersions> {
    const isFirst = this.#hadActive === undefined;
    if (!isFirst && !(await this.#succession.begins(found.active))) return found;
    // Otherwise one of these could commit into a new version with the same number.
    if (!isFirst) await this.#followed.only([]);
    // If the events were replaced too, that was already reported.
    if (this.#hadActive && !found.active && (await this.parts.history.confirm()))
      this.#report(new VersionsLostError(this.name));
    await this.#versions.ownOrNew(this.#looks.ending);
    return this.#versions.look();
  }

  /**
   * Tries for a moment to find the new version as far as the active one, which continues meanwhile; otherwise the next
   * round does it.
   */
  async #switchTo(newest: ReadModelVersion): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#versions.replaceWith(newest, this.#flush);
      if (outcome === 'switched') break;
      if (outcome !== 'behind' || attempt === MAX_SWITCH_ATTEMPTS) return;
      await this.parts.changes.next(SWITCH_PAUSE_MS, this.#looks.ending);
    }
    // Before the old version is dropped, which may take a while: readers and waiting callers use the new one from here
    // on.
    await this.#versions.look();
    await this.#versions.dropBefore(newest.version);
    await this.#followed.only([newest]);
  }

  readonly #flush = (): Promise<void> => this.#followed.flush();

  /** The known versions and their progress belong to a history that was replaced. */
  #forget(): void {
    this.#hadActive = undefined;
    this.#headBefore = undefined;
    this.#followed.abandon();
    this.#tellReaders();
    this.#looks.hurry();
  }

  /** Makes readers and waiting callers check again. */
  #tellReaders(): void {
    this.parts.changed(this.name);
    this.parts.changes.tell();
  }

  /** The position of the last event when it was last read. */
  async #hasCaughtUp(version: ReadModelVersion): Promise<boolean> {
    const before = this.#headBefore;
    this.#headBefore = await this.parts.head.position();
    const position = (await this.#status.position(version, this.#positionsOf(version))) ?? 0n;
    return position >= (before ?? this.#headBefore);
  }

  /** The version that readers see, whichever code created it; before there is one, the newest of this code. */
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
