/** The length of the measurement, in milliseconds. */
const WINDOW_MS = 5000;

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The rate of change of a number over the last seconds. */
export class Rate {
  readonly #samples: Sample[] = [];

  add(value: number): void {
    const at = performance.now();
    this.#samples.push({ at, value });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - WINDOW_MS) this.#samples.shift();
  }

  /** Per second; 0 before there are two samples. */
  get perSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return ((last.value - first.value) / (last.at - first.at)) * 1000;
  }
}
