import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../src/messages';
import type { EventStore } from '../../src/store';

/**
 * When a follower writes down how far it is: with what it did; or, as it must not be, before that, or some time after it, in a
 * transaction of its own.
 */
export type WritesDown = 'with' | 'before' | 'after';

/** Follows a store as a process does that is ended now and then and started again: it goes on after the position it has written down. */
export class Follower {
  readonly seen: RecordedEvent[] = [];
  #position = 0n;
  #ending = new AbortController();
  #following: Promise<void>;

  constructor(
    private readonly store: EventStore,
    private readonly writesDown: WritesDown = 'with',
  ) {
    this.#following = this.#follow(this.#ending.signal);
  }

  /** Ends it in the middle of whatever it does, and starts it again. */
  async restart(): Promise<void> {
    await this.end();
    this.#ending = new AbortController();
    this.#following = this.#follow(this.#ending.signal);
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const page of this.store.subscribe({ after: this.#position, signal })) {
      const end = page.at(-1)!.position;
      if (this.writesDown === 'before') this.#position = end;
      await sleep(1);
      if (signal.aborted) return;
      this.seen.push(...page);
      if (this.writesDown === 'with') this.#position = end;
      await sleep(1);
      if (signal.aborted) return;
      this.#position = end;
    }
  }
}
