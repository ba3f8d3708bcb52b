import { Alarm, backOff, Mutex, pause, SharedRuns } from '../../concurrency';
import { EventualityError, type RecordedEvent, reportAs } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import type { SegmentPlace } from '../handling/page-handler';
import { PageReader } from './page-reader';
import { SegmentCheckpoint, type SegmentOutcome } from './segment-checkpoint';
import type { SegmentSurroundings, SegmentWork } from './segment-work';

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
  readonly #checkpoint: SegmentCheckpoint;
  readonly #reader: PageReader;
  readonly #work: SegmentWork;
  readonly #ticks = new SharedRuns(() => this.#tick());
  /** Rings when something is to be done without a further event. */
  readonly #alarm = new Alarm(() => void this.tick());
  readonly #turns = new Mutex();
  #outcome: SegmentEnd | undefined;

  constructor(
    private readonly parts: EventProcessorParts,
    readonly place: SegmentPlace,
    lease: { readonly fence: bigint; readonly position: bigint },
    work: (segment: SegmentSurroundings) => SegmentWork,
    private readonly hasStopped: () => void,
  ) {
    const checkpoint = new SegmentCheckpoint(parts.store, place, lease, parts.observer);
    this.#checkpoint = checkpoint;
    this.#reader = new PageReader(parts, place, checkpoint);
    this.#work = work({
      ...{ parts, place, checkpoint, ending: this.#ending.signal },
      went: outcome => this.#went(outcome),
      tickIn: milliseconds => {
        if (!this.#outcome) this.#alarm.set(milliseconds);
      },
      hasStopped: () => this.#stopped(),
      report: (error, what) => this.#report(error, what),
    });
  }

  /** Everything up to here is handled, or parked. */
  get position(): bigint {
    return this.#checkpoint.position;
  }

  /** True after an event failed for the last time with `onError: 'stop'`. */
  get stopped(): boolean {
    return this.#work.isStopped;
  }

  /** Whether something is to be done that no further event leads to. */
  get isPending(): boolean {
    return this.#work.isPending;
  }

  /** Goes on after a stop. */
  restart(): void {
    this.#work.restart();
  }

  /**
   * Follows until {@link end}, or until the segment is another process's, or the version was dropped. Never rejects.
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
    if (this.#outcome !== 'closed') return;
    await this.#work.finish().catch(error => this.#report(error, 'could not complete what was under way'));
    await this.#checkpoint.flush().catch(() => undefined);
  }

  /** The segment is another process's: what is being handled will not be committed. */
  lost(): void {
    this.#finish('lost');
  }

  /**
   * Moves the checkpoint up to what was passed over, and does what is due: to be called now and then. What is stored
   * before the call is known to it.
   */
  tick(): Promise<void> {
    return this.#ticks.run();
  }

  async #tick(): Promise<void> {
    try {
      await this.#inTurn(async () => {
        if (this.#went(await this.#checkpoint.flush())) await this.#work.tick();
      });
    } catch (error) {
      if (!this.#endedBy(error)) this.#report(error, 'could not look after what is due');
    }
  }

  async #follow(): Promise<void> {
    await this.#inTurn(() => this.#work.begin());
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
    return fresh.length === 0 || this.#work.take(fresh);
  }

  /** Tells whether a commit went through. */
  #went(outcome: SegmentOutcome): boolean {
    if (outcome === 'lost') this.lost();
    return outcome === 'ok';
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
