import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { until } from '../../support/waiting';

const TIMEOUT_MS = 60_000;

/**
 * When a subscriber writes down how far it is: with what it did; or, as it must not be, before that, or some time after
 * it, in a transaction of its own.
 */
export type WritesDown = 'with' | 'before' | 'after';

/**
 * Follows a store as a process does that is ended now and then and started again: it goes on after the position it has
 * written down.
 */
export class Subscriber {
  readonly seen: RecordedEvent[] = [];
  #position = 0n;
  /** Whether one of the work and the position is done, and the other is not. */
  #between = false;
  #ending = new AbortController();
  #following: Promise<void>;

  constructor(
    private readonly store: EventStore,
    private readonly writesDown: WritesDown = 'with',
  ) {
    this.#following = this.#follow(this.#ending.signal);
  }

  /**
   * Ends it in the middle of whatever it does, and starts it again; one that writes its position down apart from its
   * work, in the moment between the two.
   */
  async restart(): Promise<void> {
    if (this.writesDown !== 'with')
      await until(() => this.#between, 'the subscriber is between its work and its position', TIMEOUT_MS);
    await this.end();
    this.#ending = new AbortController();
    this.#following = this.#follow(this.#ending.signal);
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  /** The work of this moment takes its time. */
  async #pause(moment: WritesDown): Promise<void> {
    this.#between = this.writesDown === moment;
    await sleep(1);
    this.#between = false;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const page of this.store.subscribe({ after: this.#position, signal })) {
      const end = page.at(-1)!.position;
      if (this.writesDown === 'before') this.#position = end;
      await this.#pause('before');
      if (signal.aborted) return;
      this.seen.push(...page);
      if (this.writesDown === 'with') this.#position = end;
      await this.#pause('after');
      if (signal.aborted) return;
      this.#position = end;
    }
  }
}
