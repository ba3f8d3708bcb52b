// Workloads that are run at several sizes: each contender takes part once for each of them, and is compared with its own smallest.

/** Sizes as events and streams. */
export const SMALL = { events: 1_000, streams: 100 };
export const MEDIUM = { events: 100_000, streams: 10_000 };
export const LARGE = { events: 1_000_000, streams: 100_000 };

/** One contender for each size; `make` gets the options with `events` and `streams`. */
export function sizes({ id, title, versions, of, make }) {
  return of.map(size => ({
    id: `${id}-${size.events}`,
    title: `${title}, ${size.events.toLocaleString('en')} events`,
    reference: `${id}-${of[0].events}`,
    versions,
    params: size,
    workloads: { w8: make },
  }));
}

export const QUICK_NOTE = 'A quick run: 20,000 events at most, whatever the names say.';

/** A quick run has a million divided by fifty. */
export const shortened = ({ events, streams, quick }) =>
  quick ? { events: Math.min(events, 20_000), streams: Math.min(streams, 2_000) } : { events, streams };
