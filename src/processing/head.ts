import type { EventStore } from '../store';

const PAGE = 1000;

/** Finds the position of the last event: from where it was last, a page at a time, and in growing steps where much came meanwhile. */
export class Head {
  #known = 0n;

  constructor(private readonly eventStore: EventStore) {}

  /** Returns the position of the store's last event; 0n when it is empty. */
  async position(): Promise<bigint> {
    let step = BigInt(PAGE);
    for (;;) {
      const page = await this.eventStore.readAll({ after: this.#known, limit: PAGE });
      const last = page.at(-1)?.position;
      if (last !== undefined && last > this.#known) this.#known = last;
      if (page.length < PAGE) return this.#known;
      step = await this.#leap(step);
    }
  }

  /** Goes on by as large a step as there are events for. */
  async #leap(step: bigint): Promise<bigint> {
    const [beyond] = await this.eventStore.readAll({ after: this.#known + step, limit: 1 });
    if (beyond) {
      this.#known = beyond.position;
      return step * 4n;
    }
    return step / 4n > BigInt(PAGE) ? step / 4n : BigInt(PAGE);
  }
}
