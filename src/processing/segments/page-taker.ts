import { backOff, pause } from '../../concurrency';
import type { RecordedEvent } from '../../messages';
import { isOfHandler } from '../handling/commit-faults';
import type { FailedEvent, FailureReports } from '../handling/failure-reports';
import type { HandledPage, NewerEvent, PageHandler, SegmentPlace } from '../handling/page-handler';
import type { ParkedSequences } from './parked-sequences';
import type { RetryGate } from './retry-gate';
import type { SegmentCheckpoint, SegmentOutcome } from './segment-checkpoint';

/** How many positions without own events are passed before the checkpoint is moved. */
export const MAX_UNCOMMITTED_POSITIONS = 10_000n;

/**
 * A page that lost a document to another segment is handled again after this pause, in milliseconds, which grows with
 * each loss up to the maximum.
 */
const LOSS_PAUSE_MS = 1;
const MAX_LOSS_PAUSE_MS = 50;

/** What became of a page: continue after it, continue elsewhere, or handle it again. */
type Concluded = 'done' | 'elsewhere' | 'outdated';

/** What a page taker needs. */
export interface PageTakerParts {
  readonly place: SegmentPlace;
  readonly pages: PageHandler;
  readonly parked: ParkedSequences;
  readonly checkpoint: SegmentCheckpoint;
  readonly reports: FailureReports;
  readonly gate: RetryGate;
  /** Aborted when the segment must not be followed any more. */
  readonly ending: AbortSignal;
  /** Called with the outcome of a commit; returns whether it succeeded. */
  readonly went: (outcome: SegmentOutcome) => boolean;
  /** Called at an event that only newer code can read. */
  readonly isOutdated: (at: NewerEvent) => void;
  /** Called when a sequence was parked, which may be due earlier than others. */
  readonly hasParked: () => void;
}

/** Has the events of a segment handled, and commits the results so that each event counts once. */
export class PageTaker {
  #haltedBy: FailedEvent | undefined;

  constructor(private readonly parts: PageTakerParts) {}

  /** The failed event that stops the segment. */
  get haltedBy(): FailedEvent | undefined {
    return this.#haltedBy;
  }

  /**
   * Takes a page, in as few commits as possible. Returns false when the segment does not end up at the end of the page.
   *
   * Your own SQL, and documents that cannot be stored, fail only in the commit. Then the events are taken one by one.
   */
  take(page: readonly RecordedEvent[]): Promise<boolean> {
    return this.#take(page, (_, rest) => this.oneByOne(rest));
  }

  /** Takes a page with one commit for each event that the segment handles. */
  async oneByOne(page: readonly RecordedEvent[]): Promise<boolean> {
    const { ending, pages, parked, checkpoint } = this.parts;
    for (const { event } of pages.own(page)) {
      if (ending.aborted) return false;
      const failed = async (error: unknown): Promise<boolean> => {
        const concluded = await this.#conclude(pages.failed(event, error, parked));
        return concluded === 'done';
      };
      if (!(await this.#take([event], failed))) return false;
    }
    if (ending.aborted) return false;
    const { position } = page.at(-1)!;
    return checkpoint.position >= position || (await this.#conclude(pages.passed(position))) === 'done';
  }

  /** Handles events and commits the results; handles them again if another segment changed a document that was read. */
  async #take(
    page: readonly RecordedEvent[],
    failed: (error: unknown, events: readonly RecordedEvent[]) => Promise<boolean>,
  ): Promise<boolean> {
    const { ending, pages, parked } = this.parts;
    let events = page;
    for (let losses = 0; ; ) {
      const handled = await pages.handle(events, parked, ending);
      let concluded: Concluded;
      try {
        concluded = await this.#conclude(handled);
      } catch (error) {
        if (!isOfHandler(error, handled)) throw error;
        return failed(error, events);
      }
      if (concluded === 'elsewhere') return false;
      if (concluded === 'outdated') await pause(backOff(++losses, LOSS_PAUSE_MS, MAX_LOSS_PAUSE_MS), ending);
      else {
        // What does not fit into this commit comes with the next one.
        events = events.filter(({ position }) => position > handled.to);
        losses = 0;
        if (events.length === 0) return true;
      }
      if (ending.aborted) return false;
    }
  }

  /** Commits the results of a page. */
  async #conclude({ to, own, documents, work, park, failed, halt, newer }: HandledPage): Promise<Concluded> {
    const { checkpoint, gate, pages, parked, reports } = this.parts;
    if (own > 0 || to - checkpoint.committed >= MAX_UNCOMMITTED_POSITIONS) {
      reports.closeWrites(documents, pages.sequenceOf);
      const { version } = this.parts.place;
      const outcome = await checkpoint.commit({
        to,
        writes: documents.writes(version),
        reads: documents.readsOf(version),
        work: work.forCommit(),
        park,
      });
      if (outcome === 'outdated') return outcome;
      if (!this.parts.went(outcome)) return 'elsewhere';
      work.committed();
      for (const each of failed) reports.parked(each, 1, parked.failed(each.sequence, 1));
      if (failed.length > 0) this.parts.hasParked();
    } else checkpoint.pass(to);
    if (newer) {
      this.parts.isOutdated(newer);
      return 'elsewhere';
    }
    this.#haltedBy = halt;
    if (halt) reports.halted(halt, !gate.isBefore(halt.event));
    else gate.over();
    return halt ? 'elsewhere' : 'done';
  }
}
