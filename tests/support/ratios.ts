/**
 * Measures a ratio of two times again until it is below a limit, five times at most, and returns the least: other work
 * of the machine spoils some measurements, and what is too slow by itself spoils all.
 */
export async function leastRatio(limit: number, measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 5 && least >= limit; time++) least = Math.min(least, await measure());
  return least;
}

/** How long something takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!;
