import { Alarm, backOff, Mutex, pause, SharedRuns } from '../../concurrency';
import { EventualityError, reportAs } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import type { FeedPage } from '../feed/feed-page';
import type { NewerEvent, SegmentPlace } from '../handling/page-handler';
import { PageReader } from './page-reader';
import { SegmentCheckpoint, type SegmentOutcome } from './segment-checkpoint';
import type { SegmentSurroundings, SegmentWork } from './segment-work';

/**
 * How a processor ended: it was closed, it lost its segment to another process, its version was dropped, or it has come
 * to an event that only newer code can read.
 */
export type SegmentEnd = 'closed' | 'lost' | 'gone' | 'outdated';

const STORE_PAUSE_MS = 100;
/**
 * The longest pause after failures of the store, in milliseconds: how soon the processor continues once it answers
 * again.
 */
const MAX_STORE_PAUSE_MS = 1000;

/** Hears what becomes of a segment. */
export interface SegmentObserver {
  /** It waits until it is restarted. */
  hasStopped(): void;
  /** It has come to an event that only newer code can read. */
  isOutdated(at: NewerEvent): void;
}

/** Follows the events of one leased segment, page by page. Each event takes effect once. */
export class SegmentProcessor {
  readonly #ending = new AbortController();
  readonly #checkpoint: SegmentCheckpoint;
  readonly #reader: PageReader;
  readonly #work: SegmentWork;
  readonly #ticks = new SharedRuns(() => this.#tick());
  /** Rings when work is due that no event triggers. */
  readonly #alarm = new Alarm(() => void this.tick());
  readonly #turns = new Mutex();
  readonly #flush = (): void => void this.#doDue(async () => void this.#went(await this.#checkpoint.flush()));
  #outcome: SegmentEnd | undefined;

  constructor(
    private readonly parts: EventProcessorParts,
    readonly place: SegmentPlace,
    lease: { readonly fence: bigint; readonly position: bigint },
    work: (segment: SegmentSurroundings) => SegmentWork,
    private readonly told: SegmentObserver,
  ) {
    const checkpoint = new SegmentCheckpoint(parts, place, lease);
    this.#checkpoint = checkpoint;
    this.#reader = new PageReader(parts, place, checkpoint);
    this.#work = work({
      parts,
      ...{ place, checkpoint, ending: this.#ending.signal },
      went: outcome => this.#went(outcome),
      tickIn: milliseconds => {
        if (!this.#outcome) this.#alarm.set(milliseconds);
      },
      hasStopped: () => this.#stopped(),
      isOutdated: at => this.#outdated(at),
      report: (error, what) => this.#report(error, what),
    });
  }

  /** Every event up to here is handled or parked. */
  get position(): bigint {
    return this.#checkpoint.position;
  }

  /** True after an event failed for the last time with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#work.isStopped;
  }

  /** Whether there is work to do that no event triggers. */
  get isPending(): boolean {
    return this.#work.isPending;
  }

  /** Continues after a stop. */
  restart(): void {
    this.#work.restart();
  }

  /**
   * Follows until {@link end}, until another process owns the segment, or until the version was dropped. Never rejects.
   */
  async run(): Promise<SegmentEnd> {
    for (let failures = 0; !this.#outcome; ) {
      const before = this.position;
      try {
        await this.#follow();
        await this.#work.waitBeforeRetry();
      } catch (error) {
        if (this.#endedBy(error)) break;
        failures = this.position > before ? 1 : failures + 1;
        this.#report(error, 'could not continue; it will retry');
        await pause(backOff(failures, STORE_PAUSE_MS, MAX_STORE_PAUSE_MS), this.#ending.signal);
      }
    }
    return this.#outcome ?? 'closed';
  }

  /** Stops after the current event, and keeps what is committed. */
  async end(): Promise<void> {
    this.#finish('closed');
    await this.#turns.over();
    if (this.#outcome !== 'closed') return;
    await this.#work.finish().catch(error => this.#report(error, 'could not complete its work'));
    await this.#checkpoint.flush().catch(() => undefined);
  }

  /** Called when another process owns the segment: the current work will not be committed. */
  lost(): void {
    this.#finish('lost');
  }

  /**
   * Moves the checkpoint to the last position without work, and does what is due. Call it regularly. It takes into
   * account everything that was stored before the call.
   */
  tick(): Promise<void> {
    return this.#ticks.run();
  }

  /** Stores the position now instead of with the next tick. */
  flush(): Promise<void> {
    return this.#doDue(async () => void this.#went(await this.#checkpoint.flush({ atOnce: true })));
  }

  #tick(): Promise<void> {
    return this.#doDue(async () => {
      if (this.#went(await this.#checkpoint.flush())) await this.#work.tick();
    });
  }

  async #doDue(work: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(work);
    } catch (error) {
      if (!this.#endedBy(error)) this.#report(error, 'could not handle what is due');
    }
  }

  async #follow(): Promise<void> {
    await this.#inTurn(() => this.#work.begin());
    const take = (page: FeedPage): Promise<boolean> => this.#inTurn(() => this.#page(page));
    if ((await this.#reader.read(take, this.#ending.signal)) === 'closed') this.#finish('closed');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(() => {
      this.#ending.signal.throwIfAborted();
      return work();
    });
  }

  /** Returns false when the checkpoint is not at the end of the page: then reading starts again from the checkpoint. */
  async #page(page: FeedPage): Promise<boolean> {
    const fresh = await this.#reader.fresh(page);
    if (!fresh) return false;
    if (fresh.length > 0 && !(await this.#work.take(fresh))) return false;
    // The events that were left out after the last one have no handler.
    if (page.to > this.position) this.#checkpoint.pass(page.to);
    if (this.position > this.#checkpoint.committed) this.parts.pulse.positions.ask(this.#flush);
    return true;
  }

  /** Tells whether a commit succeeded. */
  #went(outcome: SegmentOutcome): boolean {
    if (outcome === 'lost') this.lost();
    return outcome === 'ok';
  }

  #finish(outcome: SegmentEnd): void {
    this.#outcome ??= outcome;
    this.#alarm.clear();
    this.parts.pulse.positions.withdraw(this.#flush);
    this.#ending.abort();
  }

  #endedBy(error: unknown): boolean {
    if (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL') this.#finish('gone');
    if (EventualityError.is(error) && error.code === 'STORE_CLOSED') this.#finish('closed');
    // The known checkpoint is invalid: the segment is taken again, starting from the checkpoint in the store.
    if (!this.#outcome && this.parts.history.noticed(error)) this.#finish('lost');
    return this.#outcome !== undefined;
  }

  #outdated(at: NewerEvent): void {
    this.told.isOutdated(at);
    this.#finish('outdated');
  }

  #stopped(): void {
    this.told.hasStopped();
    this.parts.observer.moved(false);
  }

  #report(error: unknown, what: string): void {
    this.parts.observer.troubled(error);
    const { kind, name } = this.parts.handling.definition;
    const line = { level: 'error', message: `'${name}' ${what}.` } as const;
    reportAs(line, error, { kind, name, segment: this.place.segment }, this.parts);
  }
}
