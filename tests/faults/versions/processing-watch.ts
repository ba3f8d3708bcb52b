import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, ReadModelVersion } from '../../../src/store';
import { projectionsOf } from '../../support/counting';

const LOOK_EVERY_MS = 10;

/**
 * Looks, past the processes themselves, whether a process follows some version of a projection, and keeps the longest
 * time in which none did.
 */
export class ProcessingWatch {
  /** Milliseconds. */
  longest = 0;
  #over = false;
  #followedAt = performance.now();
  readonly #watching: Promise<void>;

  constructor(
    private readonly store: EventStore,
    private readonly name: string,
  ) {
    this.#watching = this.#watch();
  }

  /** The version that is read, where a process has each of its segments. */
  async followed(): Promise<ReadModelVersion | undefined> {
    const active = (await projectionsOf(this.store).versions(this.name)).find(version => version.active);
    return active && (await this.#owners(active)) >= active.segments ? active : undefined;
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for (; !this.#over; await sleep(LOOK_EVERY_MS)) {
      const owners = await Promise.all(
        (await projectionsOf(this.store).versions(this.name)).map(version => this.#owners(version)),
      );
      const now = performance.now();
      this.longest = Math.max(this.longest, now - this.#followedAt);
      if (owners.some(count => count > 0)) this.#followedAt = now;
    }
  }

  async #owners({ version }: ReadModelVersion): Promise<number> {
    const states = await projectionsOf(this.store).leases.segments(this.name, version);
    return states.filter(({ owner }) => owner !== undefined).length;
  }
}
