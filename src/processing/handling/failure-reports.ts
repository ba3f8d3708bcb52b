import { type RecordedEvent, reportFailure } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import type { BufferedDocuments } from './buffered-documents';

/** An event whose handler failed. */
export interface FailedEvent {
  readonly event: RecordedEvent;
  /** The key of its sequence. */
  readonly sequence: string;
  readonly error: unknown;
}

/** Reports failures of user code to the status, the logger and the hook. */
export class FailureReports {
  constructor(private readonly parts: EventProcessorParts) {}

  /** The event was parked: reported when it is, and after its last attempt. */
  parked(failed: FailedEvent, attempts: number, triedAgain: boolean): void {
    this.#note(failed);
    if (!triedAgain) this.#report(failed, `its sequence '${failed.sequence}' is parked until retry() or discard()`);
    else if (attempts === 1) this.#report(failed, `its sequence '${failed.sequence}' is parked, and tried again`);
  }

  /** The segment waits before the event: reported the first time. */
  halted(failed: FailedEvent, isFirst: boolean): void {
    this.#note(failed);
    if (isFirst) this.#report(failed, 'the segment waits before it, and tries again');
  }

  /** The segment has stopped before the event. */
  stopped(failed: FailedEvent): void {
    this.#report(failed, 'the segment has stopped before it until restart()');
  }

  /**
   * Closes the documents of a page before its commit; later writes are reported.
   * @throws LateWriteError if a handler wrote something after it had ended: its event has failed
   */
  closeWrites(documents: BufferedDocuments, sequenceOf: (event: RecordedEvent) => string): void {
    if (documents.lateWrite) throw documents.lateWrite.error;
    documents.close((error, event) => {
      const failed = { event, sequence: sequenceOf(event), error };
      this.#note(failed);
      this.#report(failed);
    });
  }

  #note({ error, event }: FailedEvent): void {
    this.parts.observer.failed(error, event.position);
  }

  #report({ error, event, sequence }: FailedEvent, consequence?: string): void {
    const { name, kind } = this.parts.handling.definition;
    const context = { kind, name, event, sequence, position: event.position } as const;
    reportFailure(error, context, this.parts, consequence);
  }
}
