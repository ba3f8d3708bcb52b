import { Alarm, backOff, pause, type SharedLook, SharedRuns } from '../../concurrency';
import { EventualityError, type RecordedEvent, reportAs } from '../../messages';
import { Mutex, type ParkedSequence } from '../../store';
import type { EventProcessorParts } from '../event-processor-parts';
import { FailureReports } from '../handling/failure-reports';
import { PageHandler, type SegmentPlace } from '../handling/page-handler';
import { PageReader } from './page-reader';
import { PageTaker } from './page-taker';
import { ParkedRetries } from './parked-retries';
import { ParkedSequences } from './parked-sequences';
import { RetryGate } from './retry-gate';
import { SegmentCheckpoint, type SegmentOutcome } from './segment-checkpoint';

/** How a processor ended: closed, or its segment is another process's, or its version was dropped. */
export type SegmentEnd = 'closed' | 'lost' | 'gone';

const STORE_PAUSE_MS = 100;
/** So soon after a failure of the store has passed does a processor go on, in milliseconds. */
const MAX_STORE_PAUSE_MS = 1000;

/**
 * Follows the events for one segment that this process has the lease of: page after page, and each takes effect once.
 */
export class SegmentProcessor {
  readonly #ending = new AbortController();
  readonly #parked: ParkedSequences;
  readonly #retries: ParkedRetries;
  readonly #reports: FailureReports;
  readonly #checkpoint: SegmentCheckpoint;
  readonly #reader: PageReader;
  readonly #taker: PageTaker;
  readonly #gate: RetryGate;
  readonly #ticks = new SharedRuns(() => this.#tick());
  /** Rings when a parked sequence is to be tried again. */
  readonly #alarm = new Alarm(() => void this.tick());
  readonly #turns = new Mutex();
  #outcome: SegmentEnd | undefined;

  constructor(
    private readonly parts: EventProcessorParts,
    readonly place: SegmentPlace,
    lease: { readonly fence: bigint; readonly position: bigint },
    /** Finds what is parked, of all segments of the version. */
    parked: SharedLook<readonly ParkedSequence[]>,
    private readonly hasStopped: () => void,
  ) {
    const { store, handling, observer } = parts;
    const { options } = handling.definition;
    this.#reports = new FailureReports(parts);
    const pages = new PageHandler(handling, place, store);
    const look = async (): Promise<readonly ParkedSequence[]> =>
      (await parked.ask()).filter(({ segment }) => segment === place.segment);
    this.#parked = new ParkedSequences(store.deadLetters, place, look, options.retry);
    this.#checkpoint = new SegmentCheckpoint(store, place, lease, observer);
    this.#retries = new ParkedRetries(parts, place, pages, this.#parked, this.#checkpoint, this.#reports);
    this.#gate = new RetryGate(options, () => this.#stopped());
    this.#reader = new PageReader(parts, place, this.#checkpoint);
    this.#taker = new PageTaker({
      place,
      pages,
      parked: this.#parked,
      checkpoint: this.#checkpoint,
      reports: this.#reports,
      gate: this.#gate,
      ending: this.#ending.signal,
      went: outcome => this.#went(outcome),
      hasParked: () => this.#setAlarm(this.#parked.nextDue),
    });
  }

  /** Everything up to here is handled, or parked. */
  get position(): bigint {
    return this.#checkpoint.position;
  }

  /** True after an event failed for the last time with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#gate.isStopped;
  }

  /** Whether a parked sequence waits to be tried again by itself. */
  get retrying(): boolean {
    return this.#parked.nextDue !== undefined;
  }

  /** Goes on after a stop. */
  restart(): void {
    this.#gate.restart();
  }

  /**
   * Follows until {@link end}, or until the segment is another process's, or the version was dropped. Never rejects.
   */
  async run(): Promise<SegmentEnd> {
    for (let failures = 0; !this.#outcome; ) {
      const before = this.position;
      try {
        await this.#follow();
        const { haltedBy } = this.#taker;
        if (haltedBy) await this.#gate.wait(haltedBy.event, this.#ending.signal);
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
    await this.#turns.over();
    if (this.#outcome === 'closed') await this.#checkpoint.flush().catch(() => undefined);
  }

  /** The segment is another process's: what is being handled will not be committed. */
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
    const take = (page: readonly RecordedEvent[]): Promise<boolean> => this.#inTurn(() => this.#page(page));
    if ((await this.#reader.read(take, this.#ending.signal)) === 'closed') this.#finish('closed');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(() => {
      this.#ending.signal.throwIfAborted();
      return work();
    });
  }

  /**
   * Returns false when the segment stands elsewhere than at the end of the page: then it is followed anew from there.
   */
  async #page(page: readonly RecordedEvent[]): Promise<boolean> {
    const fresh = await this.#reader.fresh(page);
    if (!fresh) return false;
    if (fresh.length === 0) return true;
    // Effects outside of the store are done once they are done: each is noted before the next.
    return this.parts.handling.definition.kind === 'reactor' ? this.#taker.oneByOne(fresh) : this.#taker.take(fresh);
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
    // Where it stands is void: the segment is taken anew, from where the checkpoint in the store is.
    if (!this.#outcome && this.parts.history.noticed(error)) this.#finish('lost');
    return this.#outcome !== undefined;
  }

  #stopped(): void {
    const { haltedBy } = this.#taker;
    if (haltedBy) this.#reports.stopped(haltedBy);
    this.hasStopped();
    this.parts.observer.moved(false);
  }

  #report(error: unknown, what: string): void {
    this.parts.observer.troubled(error);
    const { kind, name } = this.parts.handling.definition;
    const line = { level: 'error', message: `'${name}' ${what}.` } as const;
    reportAs(line, error, { kind, name, segment: this.place.segment }, this.parts);
  }
}
