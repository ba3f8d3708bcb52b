import { setTimeout as sleep } from 'node:timers/promises';

/** Returns a seed: the one of FAULTS_SEED, to try again what failed, or a new one. */
export const newSeed = (): number => Number(process.env.FAULTS_SEED ?? Date.now() % 2 ** 31);

/** Chooses by a seed (mulberry32): the choices are the same each time, what the machine makes of them is not. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Returns a number from 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Returns an integer from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Waits up to so many milliseconds. */
  async pause(longest: number): Promise<void> {
    await sleep(this.next() * longest);
  }
}
