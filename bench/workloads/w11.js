// A projection of one event name in a hundred catches up: with the filter of the store, and without.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { server } from '../lib/postgres/server.js';
import { rareEvents } from '../lib/rare-events.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder } from '../lib/sqlite/file.js';

const EVENTS = 1_000_000;
const QUICK = 100_000;
const RARITY = 100;

const stores = [
  { id: 'sqlite', title: 'SQLite', setup: ownFolder, openStore: sqlite.openStore },
  { id: 'postgres', title: 'PostgreSQL', setup: () => server(), openStore: postgres.openStore },
];

export default stores.map(({ id, title, setup, openStore }, place) => ({
  ...{ id: `w11-${id}`, group: 'w11', order: 110 + place, setup, prepare },
  title: `${title}: a projection of one event name in ${RARITY} catches up with ${EVENTS.toLocaleString('en')} events`,
  unit: 'events/s',
  references: ['all'],
  warmUps: 1,
  quickNote: `A quick run: ${QUICK.toLocaleString('en')} events.`,
  contenders: [
    { id: 'all', title: 'reads all events', filters: false },
    { id: 'filtered', title: 'reads by name', filters: true },
  ].map(({ filters, ...contender }) => ({
    ...contender,
    versions,
    workloads: { w11: options => rareEvents(openStore, { ...options, filters, rarity: RARITY }) },
  })),
}));

/** @param app `{ fill(events), reset(), catchUp(), end() }`: catchUp returns how many documents there are */
async function prepare(app, { quick }) {
  const events = quick ? QUICK : EVENTS;
  await app.fill(events);
  return async function round() {
    await app.reset();
    const start = performance.now();
    await app.catchUp();
    const seconds = (performance.now() - start) / 1000;
    const documents = await app.end();
    check(documents === events / RARITY, `there are ${documents} documents, not ${events / RARITY}`);
    return { operations: events, seconds };
  };
}
