import { performance } from 'node:perf_hooks';

/**
 * Keeps exactly `concurrency` operations in flight: whenever one ends the next sets out, while `more(index)` says so.
 * Resolves to how many there were, how long they took together, and the latencies.
 */
export async function inFlight(concurrency, more, operate) {
  const latencies = [];
  let next = 0;
  const start = performance.now();
  const lane = async () => {
    while (more(next)) {
      const index = next++;
      const began = performance.now();
      await operate(index);
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { operations: next, seconds: (performance.now() - start) / 1000, metrics: percentiles(latencies) };
}

/** A condition for `inFlight`: true until the time is up. */
export function forSeconds(seconds) {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() < end;
}

export function percentiles(milliseconds) {
  const sorted = Float64Array.from(milliseconds).sort();
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { 'p50 ms': at(0.5), 'p99 ms': at(0.99) };
}
