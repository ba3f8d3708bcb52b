import { Alarm, backOff, pause, SharedRuns } from '../../concurrency';
import { EventualityError, type RecordedEvent } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import { isOfHandler } from '../handling/commit-faults';
import { type FailedEvent, FailureReports } from '../handling/failure-reports';
import { type HandledPage, PageHandler, type SegmentPlace } from '../handling/page-handler';
import { ParkedRetries } from './parked-retries';
import { ParkedSequences } from './parked-sequences';
import { RetryGate } from './retry-gate';
import { SegmentCheckpoint, type SegmentOutcome } from './segment-checkpoint';

/** How a processor ended: closed, or its segment is somebody else's, or its version was dropped. */
export type SegmentEnd = 'closed' | 'lost' | 'gone';

const STORE_PAUSE_MS = 100;
/** So soon after a failure of the store has passed does a processor go on, in milliseconds. */
const MAX_STORE_PAUSE_MS = 1000;
/** Positions that may be passed over before the checkpoint follows, where nothing of one's own lies between. */
const MAX_UNCOMMITTED_POSITIONS = 10_000n;

/**
 * How often a page that lost a document to another segment is handled again: soon, and later with each loss, in
 * milliseconds.
 */
const LOSS_PAUSE_MS = 1;
const MAX_LOSS_PAUSE_MS = 50;

/** What became of a page: it is to be gone on after it, or elsewhere, or it is to be handled again. */
type Concluded = 'done' | 'elsewhere' | 'outdated';

/**
 * Follows the events for one segment that this process has the lease of: page after page, and each takes effect once.
 */
export class SegmentProcessor {
  readonly #ending = new AbortController();
  readonly #pages: PageHandler;
  readonly #parked: ParkedSequences;
  readonly #retries: ParkedRetries;
  readonly #reports: FailureReports;
  readonly #checkpoint: SegmentCheckpoint;
  readonly #halt: RetryGate;
  readonly #ticks = new SharedRuns(() => this.#tick());
  /** Rings when a parked sequence is to be tried again. */
  readonly #alarm = new Alarm(() => void this.tick());
  #turn: Promise<unknown> = Promise.resolve();
  /** Up to where pages were taken since it was last read from where the segment stands. */
  #readUntil = 0n;
  #outcome: SegmentEnd | undefined;
  /** The event that failed and keeps the segment from going on. */
  #haltedBy: FailedEvent | undefined;

  constructor(
    private readonly parts: EventProcessorParts,
    readonly place: SegmentPlace,
    lease: { readonly fence: bigint; readonly position: bigint },
    private readonly hasStopped: () => void,
  ) {
    const { store, handling, observer } = parts;
    const { options } = handling.definition;
    this.#reports = new FailureReports(parts);
    this.#pages = new PageHandler(handling, place, store);
    this.#parked = new ParkedSequences(store.deadLetters, place, place.segment, options.retry);
    this.#checkpoint = new SegmentCheckpoint(store, place, lease, observer);
    this.#retries = new ParkedRetries(parts, place, this.#pages, this.#parked, this.#checkpoint, this.#reports);
    this.#halt = new RetryGate(options, () => this.#stopped());
  }

  /** Everything up to here is handled, or parked. */
  get position(): bigint {
    return this.#checkpoint.position;
  }

  /** True after an event failed for the last time with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#halt.isStopped;
  }

  /** Whether a parked sequence waits to be tried again by itself. */
  get retrying(): boolean {
    return this.#parked.nextDue !== undefined;
  }

  /** Goes on after a stop. */
  restart(): void {
    this.#halt.restart();
  }

  /** Follows until {@link end}, or until the segment is somebody else's, or the version was dropped. Never rejects. */
  async run(): Promise<SegmentEnd> {
    for (let failures = 0; !this.#outcome; ) {
      const before = this.position;
      try {
        await this.#follow();
        if (this.#haltedBy) await this.#halt.wait(this.#haltedBy.event, this.#ending.signal);
      } catch (error) {
        if (this.#endedBy(error)) break;
        failures = this.position > before ? 1 : failures + 1;
        this.#report(error, 'could not go on; it tries again');
        await pause(backOff(failures, STORE_PAUSE_MS, MAX_STORE_PAUSE_MS), this.#ending.signal);
      }
    }
    return this.#outcome ?? 'closed';
  }

  /** Stops after the event that is being handled, and keeps what is done. */
  async end(): Promise<void> {
    this.#finish('closed');
    await this.#turn;
    if (this.#outcome === 'closed') await this.#checkpoint.flush().catch(() => undefined);
  }

  /** The segment is somebody else's: what is being handled will not be committed. */
  lost(): void {
    this.#finish('lost');
  }

  /**
   * Moves the checkpoint up to what was passed over, and tries what is due: to be called now and then. What is stored
   * before the call is known to it.
   */
  tick(): Promise<void> {
    return this.#ticks.run();
  }

  async #tick(): Promise<void> {
    try {
      await this.#inTurn(async () => {
        if (!this.#went(await this.#checkpoint.flush())) return;
        await this.#parked.refresh();
        for (const sequence of this.#parked.due()) {
          if (!this.#ending.signal.aborted) this.#went(await this.#retries.retry(sequence, this.#ending.signal));
        }
        // What is due still could not be tried just now: the next look does it, and not this one without a pause.
        this.#setAlarm(this.#parked.nextDue || undefined);
      });
    } catch (error) {
      if (!this.#endedBy(error)) this.#report(error, 'could not look after what is parked');
    }
  }

  async #follow(): Promise<void> {
    await this.#inTurn(() => this.#parked.refresh());
    this.#readUntil = this.position;
    const reading = new AbortController();
    const signal = AbortSignal.any([reading.signal, this.#ending.signal]);
    const pages = this.parts.eventStore.subscribe({ after: this.position, signal })[Symbol.asyncIterator]();
    // One page is read while the one before is handled; its failure is found when it is awaited.
    const ahead = (): ReturnType<typeof pages.next> => {
      const next = pages.next();
      next.catch(() => undefined);
      return next;
    };
    try {
      for (let next = ahead(); ; ) {
        const { done, value } = await next;
        // Ended from below, where nobody here has ended it: the store is closed.
        if (done) return this.#finish('closed');
        next = ahead();
        if (!(await this.#inTurn(() => this.#page(value)))) return;
      }
    } finally {
      reading.abort();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      this.#ending.signal.throwIfAborted();
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Returns false when the segment stands elsewhere than at the end of the page: then it is followed anew from there.
   */
  async #page(page: readonly RecordedEvent[]): Promise<boolean> {
    const { kind } = this.parts.handling.definition;
    const fresh = await this.#fresh(page);
    if (!fresh) return false;
    this.#readUntil = page.at(-1)!.position;
    if (fresh.length === 0) return true;
    // Effects outside of the store are done once they are done: each is noted before the next.
    if (kind === 'reactor') return this.#oneByOne(fresh);
    // SQL of the user's own, and documents that cannot be stored, fail only in the commit: then the events are taken
    // one by one.
    return this.#take(fresh, (_, rest) => this.#oneByOne(rest));
  }

  async #oneByOne(page: readonly RecordedEvent[]): Promise<boolean> {
    for (const event of page) {
      if (this.#ending.signal.aborted) return false;
      const failed = async (error: unknown): Promise<boolean> => {
        const concluded = await this.#conclude(this.#pages.failed(event, error, this.#parked));
        return concluded === 'done';
      };
      if (!(await this.#take([event], failed))) return false;
    }
    return true;
  }

  /**
   * Handles events and commits what was made of them; again where another segment has changed a document meanwhile that
   * was read.
   */
  async #take(
    page: readonly RecordedEvent[],
    failed: (error: unknown, events: readonly RecordedEvent[]) => Promise<boolean>,
  ): Promise<boolean> {
    const { signal } = this.#ending;
    let events = page;
    for (let losses = 0; ; ) {
      const handled = await this.#pages.handle(events, this.#parked, signal);
      let concluded: Concluded;
      try {
        concluded = await this.#conclude(handled);
      } catch (error) {
        if (!isOfHandler(error, handled)) throw error;
        return failed(error, events);
      }
      if (concluded === 'elsewhere') return false;
      if (concluded === 'outdated') await pause(backOff(++losses, LOSS_PAUSE_MS, MAX_LOSS_PAUSE_MS), signal);
      else {
        // What a commit has no room for comes with the next one.
        events = events.filter(({ position }) => position > handled.to);
        losses = 0;
        if (events.length === 0) return true;
      }
      if (signal.aborted) return false;
    }
  }

  /** Commits what was made of a page. */
  async #conclude({ to, own, documents, work, park, failed, halt }: HandledPage): Promise<Concluded> {
    if (own > 0 || to - this.#checkpoint.committed >= MAX_UNCOMMITTED_POSITIONS) {
      this.#reports.closeWrites(documents, this.#pages.sequenceOf);
      const { version } = this.place;
      const changes = {
        to,
        writes: documents.writes(version),
        reads: documents.readsOf(version),
        work: work.forCommit(),
        park,
      };
      const outcome = await this.#checkpoint.commit(changes);
      if (outcome === 'outdated') return outcome;
      if (!this.#went(outcome)) return 'elsewhere';
      work.committed();
      for (const each of failed) this.#reports.parked(each, 1, this.#parked.failed(each.sequence, 1));
      if (failed.length > 0) this.#setAlarm(this.#parked.nextDue);
    } else this.#checkpoint.pass(to);
    this.#haltedBy = halt;
    if (halt) this.#reports.halted(halt, !this.#halt.isBefore(halt.event));
    else this.#halt.over();
    return halt ? 'elsewhere' : 'done';
  }

  /**
   * Returns the events of a page that are not handled yet: an append may have handled some, in its own transaction.
   * Undefined when the segment stands before the page: then it must be read anew from there.
   */
  async #fresh(page: readonly RecordedEvent[]): Promise<readonly RecordedEvent[] | undefined> {
    if (this.parts.handling.definition.options.mode === 'inline') {
      const { projection, version, segment } = this.place;
      const checkpoint = await this.parts.store.checkpoint({ projection, version, segment });
      if (checkpoint > this.position) this.#checkpoint.moved(checkpoint);
    }
    if (this.position < this.#readUntil) return undefined;
    return page[0]!.position > this.position ? page : page.filter(({ position }) => position > this.position);
  }

  /** Tells whether a commit went through. */
  #went(outcome: SegmentOutcome): boolean {
    if (outcome === 'lost') this.lost();
    return outcome === 'ok';
  }

  #setAlarm(milliseconds: number | undefined): void {
    if (!this.#outcome) this.#alarm.set(milliseconds);
  }

  #finish(outcome: SegmentEnd): void {
    this.#outcome ??= outcome;
    this.#alarm.clear();
    this.#ending.abort();
  }

  #endedBy(error: unknown): boolean {
    if (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL') this.#finish('gone');
    if (EventualityError.is(error) && error.code === 'STORE_CLOSED') this.#finish('closed');
    if (EventualityError.is(error) && error.code === 'HISTORY_REPLACED' && !this.#outcome) {
      // Where it stands is void: the segment is taken anew, from where the checkpoint in the store is.
      this.#report(error, 'begins again from what is stored');
      this.#finish('lost');
    }
    return this.#outcome !== undefined;
  }

  #stopped(): void {
    if (this.#haltedBy) this.#reports.stopped(this.#haltedBy);
    this.hasStopped();
    this.parts.observer.moved(false);
  }

  #report(error: unknown, what: string): void {
    const { projection, segment } = this.place;
    this.parts.observer.troubled(error);
    this.parts.logger.error({ error, projection, segment }, `'${projection}' ${what}.`);
  }
}
