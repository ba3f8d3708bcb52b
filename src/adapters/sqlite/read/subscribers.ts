import { clearInterval, setInterval } from 'node:timers';
import { Subscription, type SubscriptionSource } from '../../../store';

/**
 * The subscriptions of a store. Its own appends wake them immediately. For appends of other connections it polls a
 * number that SQLite keeps for each file, as long as there are subscribers.
 */
export class Subscribers {
  readonly #subscriptions = new Set<Subscription>();
  #timer: NodeJS.Timeout | undefined;
  #seen: number | undefined;

  /** `dataVersion` returns a number that changes when another connection has written. */
  constructor(
    private readonly dataVersion: () => number,
    private readonly pollEvery: number,
  ) {}

  follow(source: Omit<SubscriptionSource, 'ended'>): Subscription {
    const subscription: Subscription = new Subscription({ ...source, ended: () => this.#leave(subscription) });
    if (this.#subscriptions.size === 0) {
      // Read before the first page, so that a write between the two is noticed.
      this.#changed();
      this.#timer = setInterval(() => this.#poll(), this.pollEvery);
    }
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Called when there may be new events. */
  wake(): void {
    for (const subscription of this.#subscriptions) subscription.wake();
  }

  end(): void {
    for (const subscription of this.#subscriptions) subscription.end();
  }

  #leave(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    if (this.#subscriptions.size === 0) clearInterval(this.#timer);
  }

  #poll(): void {
    if (this.#changed()) this.wake();
  }

  /** If the number cannot be read, readers are woken: their next read meets the failure and reports it. */
  #changed(): boolean {
    try {
      const version = this.dataVersion();
      const changed = version !== this.#seen;
      this.#seen = version;
      return changed;
    } catch {
      return true;
    }
  }
}
