/** Nobody is in the lane. */
const FREE = Symbol('free');
/** As many free lanes are kept before they are swept. */
const MOST_FREE = 1000;

type Lane = (() => void)[] | undefined | typeof FREE;

/** Lets work of one key run one after the other, in the order in which it was asked for; other keys run meanwhile. */
export class Lanes {
  /** By key, who waits behind the work that runs. */
  readonly #lanes = new Map<string, Lane>();
  #busy = 0;

  /** Enters a lane: at once when nobody is in it, else when the promise resolves. Whoever has entered must {@link leave}. */
  enter(key: string): Promise<void> | undefined {
    const lane = this.#lanes.get(key);
    if (lane !== FREE && (lane !== undefined || this.#lanes.has(key))) return this.#wait(key, lane);
    this.#busy++;
    this.#lanes.set(key, undefined);
    return undefined;
  }

  /** Lets the next one in. */
  leave(key: string): void {
    const lane = this.#lanes.get(key);
    const next = lane === FREE ? undefined : lane?.shift();
    if (next) return next();
    this.#busy--;
    // Not deleted each time: a Map that is nearly empty makes a new table for each delete, a sixth of the time of a command in memory.
    this.#lanes.set(key, FREE);
    if (this.#lanes.size > this.#busy * 2 + MOST_FREE) this.#sweep();
  }

  #wait(key: string, lane: (() => void)[] | undefined): Promise<void> {
    return new Promise(resolve => {
      if (lane) lane.push(resolve);
      else this.#lanes.set(key, [resolve]);
    });
  }

  #sweep(): void {
    if (this.#busy === 0) return this.#lanes.clear();
    for (const [key, lane] of this.#lanes) if (lane === FREE) this.#lanes.delete(key);
  }
}
