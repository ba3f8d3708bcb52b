import type { RecordedEvent } from '../../messages';
import type { ParkedSequence } from '../../store';
import { type FailedEvent, FailureReports } from '../handling/failure-reports';
import { PageHandler } from '../handling/page-handler';
import type { PagePartition } from '../handling/page-partition';
import { PageTaker } from './page-taker';
import { ParkedRetries } from './parked-retries';
import { ParkedSequences } from './parked-sequences';
import { RetryGate } from './retry-gate';
import type { SegmentSurroundings, SegmentWork } from './segment-work';

/**
 * The work of one segment of a projection or reactor: each event takes effect once, and events that fail are parked.
 */
export class EventWork implements SegmentWork {
  readonly #parked: ParkedSequences;
  readonly #retries: ParkedRetries;
  readonly #reports: FailureReports;
  readonly #taker: PageTaker;
  readonly #gate: RetryGate;

  constructor(
    private readonly segment: SegmentSurroundings,
    partition: PagePartition,
  ) {
    const { parts, place, checkpoint, ending } = segment;
    const { store, handling } = parts;
    const { options } = handling.definition;
    this.#reports = new FailureReports(parts);
    const pages = new PageHandler(handling, place, store, partition);
    const look = async (): Promise<readonly ParkedSequence[]> =>
      (await parts.pulse.parked(place)).filter(each => each.segment === place.segment);
    this.#parked = new ParkedSequences(store.deadLetters, place, look, options.retry);
    this.#retries = new ParkedRetries(parts, place, pages, this.#parked, checkpoint, this.#reports);
    this.#gate = new RetryGate(options, () => this.#stopped());
    this.#taker = new PageTaker({
      place,
      ...{ pages, parked: this.#parked, checkpoint, reports: this.#reports, gate: this.#gate, ending },
      went: outcome => segment.went(outcome),
      isOutdated: at => segment.isOutdated(at),
      hasParked: () => segment.tickIn(this.#parked.nextDue),
    });
  }

  get haltedBy(): FailedEvent | undefined {
    return this.#taker.haltedBy;
  }

  get isStopped(): boolean {
    return this.#gate.isStopped;
  }

  /** Whether a parked sequence waits for an automatic retry. */
  get isPending(): boolean {
    return this.#parked.nextDue !== undefined;
  }

  begin(): Promise<void> {
    return this.#parked.refresh();
  }

  take(events: readonly RecordedEvent[]): Promise<boolean> {
    // Effects outside the store cannot be undone: each is recorded before the next event.
    const isReactor = this.segment.parts.handling.definition.kind === 'reactor';
    return isReactor ? this.#taker.oneByOne(events) : this.#taker.take(events);
  }

  async tick(): Promise<void> {
    const { ending } = this.segment;
    await this.#parked.refresh();
    for (const sequence of this.#parked.due()) {
      if (!ending.aborted) this.segment.went(await this.#retries.retry(sequence, ending));
    }
    // What is still due could not be retried now: the next round does it, so that this one does not loop without a
    // pause.
    this.segment.tickIn(this.#parked.nextDue || undefined);
  }

  async waitBeforeRetry(): Promise<void> {
    if (this.haltedBy) await this.#gate.wait(this.haltedBy.event, this.segment.ending);
  }

  restart(): void {
    this.#gate.restart();
  }

  /** Nothing is left to complete: each commit is complete in itself. */
  async finish(): Promise<void> {}

  #stopped(): void {
    if (this.haltedBy) this.#reports.stopped(this.haltedBy);
    this.segment.hasStopped();
  }
}
