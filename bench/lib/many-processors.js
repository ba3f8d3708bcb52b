// Many projections in one process: what they ask the store for, and how long they take.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT = 600_000;
const BATCH = 500;
const AGGREGATES = 20_000;

/** Definitions of so many projections of one event; `writes`: a document for each aggregate, else nothing. */
export function projections({ defineProjection }, { projections: count, segments = 1, writes = false, prefix = 'p' }) {
  const handle = writes
    ? (_payload, { event, documents }) => documents.set(event.aggregateId, { at: String(event.position) })
    : () => undefined;
  return Array.from({ length: count }, (_, index) =>
    defineProjection({ name: `${prefix}${index}`, segments, on: { Happened: handle } }),
  );
}

/** Appends so many events of 20,000 aggregates, and returns the position of the last one. */
export async function fill(store, events) {
  let position = 0n;
  for (let done = 0; done < events; done += BATCH) {
    const count = Math.min(BATCH, events - done);
    const outcome = await store.append(
      Array.from({ length: count }, (_, index) => happened(`a${(done + index) % AGGREGATES}`)),
    );
    position = outcome.events.at(-1).position;
  }
  return position;
}

const happened = aggregateId => ({
  stream: { aggregateName: 'Thing', aggregateId },
  expected: 'any',
  events: [{ name: 'Happened', payload: { n: 1 } }],
});

/**
 * Follows, and is idle. `counted` opens a store and tells how often it was asked for something; `open` opens one more, as another process
 * would.
 */
export async function idleProcessors({ counted, open }, options) {
  const all = await import('../../dist/index.js');
  const { store, asked } = await counted();
  const other = await open();
  const head = await fill(store, 20);
  const flow = new all.Flow({ eventStore: store, processors: projections(all, options) });
  await flow.processors.ready();
  await flow.waitFor(head, { timeout: TIMEOUT });
  return {
    /** Queries a second in so many milliseconds of silence. */
    async idle(milliseconds) {
      const [before, start] = [asked(), performance.now()];
      await sleep(milliseconds);
      return ((asked() - before) * 1000) / (performance.now() - start);
    },
    /** How many processes hold segments of the projection of which the fewest do. */
    async owners() {
      const statuses = await flow.processors.status();
      return Math.min(...statuses.map(({ segments }) => new Set(segments.flatMap(({ owner }) => owner ?? [])).size));
    },
    /** Milliseconds until all have handled an event of another process. */
    async event(index) {
      const start = performance.now();
      const { events } = await other.append([happened(`other-${index}`)]);
      await flow.waitFor(events[0].position, { timeout: TIMEOUT });
      return performance.now() - start;
    },
  };
}

/** Catches up with what is there, with other projections in each round. */
export async function catchingUp(open, options) {
  const all = await import('../../dist/index.js');
  let head;
  let round = 0;
  return {
    async fill(events) {
      const store = await open();
      head = await fill(store, events);
      await store.close();
    },
    async catchUp() {
      const eventStore = await open();
      const processors = projections(all, { ...options, prefix: `round${++round}p` });
      const start = performance.now();
      const flow = new all.Flow({ eventStore, processors });
      await flow.processors.ready();
      await flow.waitFor(head, { timeout: TIMEOUT });
      const seconds = (performance.now() - start) / 1000;
      // Closes the store, too.
      await flow.close();
      const store = await open();
      for (const { name } of processors) await store.projections.drop(name, 1);
      await store.close();
      return seconds;
    },
  };
}
