import type { RecordedEvent } from '../../messages';
import type { DeadLetter } from '../../store';
import type { EventProcessorParts } from '../event-processor-parts';
import { isOfHandler } from '../handling/commit-faults';
import type { FailureReports } from '../handling/failure-reports';
import { type HandledPage, letterOf, type PageHandler, type SegmentPlace } from '../handling/page-handler';
import type { ParkedSequences } from './parked-sequences';
import type { SegmentCheckpoint, SegmentOutcome } from './segment-checkpoint';

const PAGE_LETTERS = 100;

/** Retries parked sequences: their events in order, until one fails. */
export class ParkedRetries {
  constructor(
    private readonly parts: EventProcessorParts,
    private readonly place: SegmentPlace,
    private readonly pages: PageHandler,
    private readonly parked: ParkedSequences,
    private readonly checkpoint: SegmentCheckpoint,
    private readonly reports: FailureReports,
  ) {}

  /** Retries a sequence. If the outcome is not `ok`, nothing was written and the checkpoint is elsewhere. */
  async retry(sequence: string, signal: AbortSignal): Promise<SegmentOutcome> {
    for (;;) {
      const letters = await this.parts.store.deadLetters.list(this.place, { sequence, limit: PAGE_LETTERS });
      for (const letter of letters) {
        const tried = await this.#retryOne(letter, signal);
        // Read again: the letter may have been discarded meanwhile, or the answer to the commit was lost.
        if (tried === 'outdated') break;
        if (tried !== 'ok') return tried === 'failed' ? 'ok' : tried;
      }
      if (letters.length > 0) continue;
      this.parked.free(sequence);
      this.parts.observer.moved(true);
      return 'ok';
    }
  }

  async #retryOne(letter: DeadLetter, signal: AbortSignal): Promise<SegmentOutcome | 'failed'> {
    const [event] = await this.parts.eventStore.readAll({ after: letter.position - 1n, limit: 1 });
    // An event that is no longer in the store cannot be retried, so its letter is removed.
    if (event?.position !== letter.position) return this.#commit(letter, undefined);
    const handled = await this.pages.again(event, signal);
    if (handled.halt) return this.#failed(letter, event, handled.halt.error);
    try {
      return await this.#commit(letter, handled);
    } catch (error) {
      if (!isOfHandler(error, handled)) throw error;
      return this.#failed(letter, event, error);
    }
  }

  async #commit({ position }: DeadLetter, handled: HandledPage | undefined): Promise<SegmentOutcome> {
    if (handled) this.reports.closeWrites(handled.documents, this.pages.sequenceOf);
    const writes = handled?.documents.writes(this.place.version) ?? [];
    const reads = handled?.documents.readsOf(this.place.version) ?? [];
    const work = handled?.work.forCommit() ?? [];
    const outcome = await this.checkpoint.commit({
      to: this.checkpoint.committed,
      writes,
      reads,
      work,
      unpark: [position],
      retried: position,
    });
    if (outcome === 'ok') handled?.work.committed();
    return outcome;
  }

  async #failed(
    { sequence, attempts }: DeadLetter,
    event: RecordedEvent,
    error: unknown,
  ): Promise<SegmentOutcome | 'failed'> {
    const letter = letterOf(event, sequence, error, attempts + 1);
    const answers = this.parked.answers(sequence);
    const outcome = await this.checkpoint.commit({
      to: this.checkpoint.committed,
      writes: [],
      park: [letter],
      retried: letter.position,
      ...(answers && { answers }),
    });
    if (outcome === 'outdated') return outcome;
    this.reports.parked({ event, sequence, error }, letter.attempts, this.parked.failed(sequence, letter.attempts));
    return outcome === 'ok' ? 'failed' : outcome;
  }
}
