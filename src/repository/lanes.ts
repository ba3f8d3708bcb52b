/** As many lanes that nobody is in are kept before they are swept. */
const MOST_FREE = 1000;

/** The work of one key: whoever has entered must {@link Lanes.leave} it. */
export class Lane {
  busy = true;
  waiting: (() => void)[] | undefined;
}

/** Lets work of one key run one after the other, in the order in which it was asked for; other keys run meanwhile. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #busy = 0;

  /** Enters a lane: at once when nobody is in it, else when the promise resolves. */
  enter(key: string): Lane | Promise<Lane> {
    const lane = this.#lanes.get(key);
    if (lane?.busy) return this.#wait(lane);
    this.#busy++;
    if (lane) {
      lane.busy = true;
      return lane;
    }
    const added = new Lane();
    this.#lanes.set(key, added);
    return added;
  }

  /** Lets the next one in. */
  leave(lane: Lane): void {
    const next = lane.waiting?.shift();
    if (next) next();
    else this.#free(lane);
  }

  #free(lane: Lane): void {
    lane.busy = false;
    this.#busy--;
    // Not deleted each time: a Map that is nearly empty makes a new table for each delete, a sixth of the time of a command in memory.
    if (this.#lanes.size > this.#busy * 2 + MOST_FREE) this.#sweep();
  }

  #wait(lane: Lane): Promise<Lane> {
    return new Promise(resolve => {
      lane.waiting ??= [];
      lane.waiting.push(() => resolve(lane));
    });
  }

  #sweep(): void {
    if (this.#busy === 0) this.#lanes.clear();
    else for (const [key, lane] of this.#lanes) if (!lane.busy) this.#lanes.delete(key);
  }
}
