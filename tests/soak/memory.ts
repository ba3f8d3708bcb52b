/**
 * By how much a process may grow when it has warmed up, in megabytes a minute: noise, over some minutes, and no leak of
 * some bytes a command.
 */
export const MAX_GROWTH = 3;

/** A process warms up for a third of its time. Of less than this many samples nothing can be said. */
const LEAST_SAMPLES = 300;

/**
 * Returns the slope of the memory of a process after it has warmed up, in megabytes a minute, from a sample each
 * second; 0 for a short time.
 */
export function growthOf(samples: readonly number[]): number {
  const warm = samples.slice(Math.floor(samples.length / 3));
  if (warm.length < LEAST_SAMPLES) return 0;
  const [middle, mean] = [(warm.length - 1) / 2, warm.reduce((sum, each) => sum + each, 0) / warm.length];
  const [above, below] = warm.reduce(
    ([up, down], each, index) => [up + (index - middle) * (each - mean), down + (index - middle) ** 2],
    [0, 0],
  );
  return (above / below) * 60;
}
