import { backOff, pause } from '../../concurrency';
import type { RecordedEvent } from '../../messages';
import type { EventProcessorOptions } from '../definition/definition';
import { eventRetry } from '../definition/event-retry';

/**
 * Holds a segment before an event that failed: until its next attempt, or, after the last one with `onError: 'stop'`,
 * until it is restarted.
 */
export class RetryGate {
  #event: { readonly position: bigint; readonly attempts: number } | undefined;
  #restart: (() => void) | undefined;

  constructor(
    private readonly options: EventProcessorOptions,
    private readonly stopped: () => void,
  ) {}

  get isStopped(): boolean {
    return this.#restart !== undefined;
  }

  /** Tells whether it already waits before this event. */
  isBefore({ position }: RecordedEvent): boolean {
    return this.#event?.position === position;
  }

  /** Called when the segment is past the failed event. */
  over(): void {
    this.#event = undefined;
  }

  restart(): void {
    this.over();
    const restart = this.#restart;
    this.#restart = undefined;
    restart?.();
  }

  /** Resolves when the event is to be retried, or the signal is aborted. */
  async wait({ position }: RecordedEvent, signal: AbortSignal): Promise<void> {
    const attempts = this.#event?.position === position ? this.#event.attempts + 1 : 1;
    this.#event = { position, attempts };
    const { onError, retry } = this.options;
    const { attempts: most, delay, maxDelay } = eventRetry(retry);
    if (onError !== 'stop' || attempts < most) return pause(backOff(attempts, delay, maxDelay), signal);
    await new Promise<void>(resolve => {
      this.#restart = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.stopped();
    });
    this.#restart = undefined;
  }
}
