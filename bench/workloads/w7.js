// A projection catches up: 200,000 events, which are there before, become a read model of 60,000 documents.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';
import { server } from '../lib/postgres/server.js';
import { ownFolder } from '../lib/sqlite/file.js';
import { digestOf, outcomeOf, story } from '../lib/story.js';

const EVENTS = 200_000;
const QUICK = 20_000;

const common = {
  unit: 'events/s',
  warmUps: 1,
  quickNote: `A quick run: ${QUICK.toLocaleString('en')} events.`,
  prepare,
};
const title = `catch-up of a projection over ${EVENTS.toLocaleString('en')} events`;

export default [
  {
    ...common,
    id: 'w7',
    order: 70,
    title: `PostgreSQL: ${title}`,
    references: ['emmett', 'by-hand'],
    setup: () => server(),
  },
  {
    ...common,
    id: 'w7-sqlite',
    order: 71,
    title: `SQLite: ${title}`,
    references: ['better-sqlite3'],
    setup: ownFolder,
  },
];

/** @param app `{ seed(batches), reset(), catchUp(), end(), documents() }`: reset empties the read model, documents returns it as `{ id, document }` */
async function prepare(app, { quick }) {
  const events = quick ? QUICK : EVENTS;
  const batches = story(events);
  await app.seed(batches);
  const expected = outcomeOf(batches);
  return async function round() {
    await app.reset();
    const start = performance.now();
    await app.catchUp();
    const seconds = (performance.now() - start) / 1000;
    await app.end?.();
    const { count, digest } = digestOf(await app.documents());
    check(count === expected.count, `the read model has ${count} documents, not ${expected.count}`);
    check(digest === expected.digest, `the documents are others: their digest is ${digest}, not ${expected.digest}`);
    return { operations: events, seconds };
  };
}
