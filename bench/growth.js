// What an append costs when there are 400, 40,000 and 400,000 streams in the in-memory store, and what a stored event takes.
//   npm run growth
import { InMemoryEventStore, newId } from '../dist/index.js';

const APPENDS = 20_000;
const ROUNDS = 9;
const SIZES = [400, 40_000, 400_000];
const metadata = { correlationId: newId(), causationId: newId(), commandName: 'RenameTodo' };
const payload = { description: 'a description of about eighty characters, as people write them into their lists:' };
const median = values => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];

const append = (store, stream) =>
  store.append([
    {
      stream: { aggregateName: 'Todo', aggregateId: `todo-${stream}` },
      expected: 'any',
      events: [{ name: 'TodoRenamed', payload, metadata }],
    },
  ]);

async function filled(streams) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const store = new InMemoryEventStore();
  for (let stream = 0; stream < streams; stream++) await append(store, stream);
  globalThis.gc?.();
  return { store, streams, bytes: (process.memoryUsage().heapUsed - before) / streams, rounds: [] };
}

/** The streams are visited in steps, so that each round meets others. */
async function round({ store, streams, rounds }, offset) {
  const start = process.cpuUsage();
  for (let index = 0; index < APPENDS; index++) await append(store, (offset + index * 7919) % streams);
  const { user, system } = process.cpuUsage(start);
  rounds.push((user + system) / APPENDS);
}

const stores = [];
for (const streams of SIZES) stores.push(await filled(streams));
for (let each = 0; each < ROUNDS + 2; each++) for (const store of stores) await round(store, each * APPENDS);
for (const store of stores) {
  store.cost = median(store.rounds.slice(2));
  const ratio = median(store.rounds.slice(2).map((cost, index) => cost / stores[0].rounds[index + 2]));
  console.log(
    `${String(store.streams).padStart(7)} streams   ${store.cost.toFixed(2)} us of processor time for an append   x ${ratio.toFixed(2)}   ${Math.round(store.bytes)} bytes of heap for a stream with one event`,
  );
}
