// What an id costs a command, by how long its stream is already: 1,000 streams of 100 events, or 5 of 20,000, so that all stores hold as many events.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { identifiedCommands } from '../lib/identified.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { once, server, settle } from '../lib/postgres/server.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder, rowsIn } from '../lib/sqlite/file.js';

const EVENTS = 100_000;
const LENGTHS = [100, 20_000];
const KINDS = { plain: 'without an id', id: 'with an id', repeated: 'repeated' };
/** So many commands are repeated, again and again. */
const REPEATED = 100;

const stores = [
  { id: 'memory', title: 'memory', operations: 10_000, make: inMemory },
  { id: 'sqlite', title: 'SQLite', operations: 300, make: inSqlite, setup: ownFolder },
  { id: 'postgres', title: 'PostgreSQL', operations: 300, make: inPostgres, setup: () => server() },
];

export default stores.map(({ id, title, operations, make, setup }, place) => ({
  ...{ id: `w10-${id}`, group: 'w10', order: 100 + place, setup, prepare },
  title: `${title}: a command that appends 1 event, without an id, with one, and repeated, by the length of its stream (less is better)`,
  unit: 'us',
  references: ['plain-100'],
  ownReference: 'x its shortest',
  params: { operations },
  contenders: Object.entries(KINDS).flatMap(([kind, text]) =>
    LENGTHS.map(length => ({
      id: `${kind}-${length}`,
      title: `${text}, ${length.toLocaleString('en')} events`,
      reference: `${kind}-${LENGTHS[0]}`,
      versions,
      params: { kind, streams: EVENTS / length },
      workloads: { w10: make },
    })),
  ),
}));

async function inMemory(options) {
  const { InMemoryEventStore } = await import('../../dist/index.js');
  const store = new InMemoryEventStore();
  // Not a walk through all of it: what that leaves behind would be collected in the next round. Positions are those of a list.
  const count = async expected => expected - 1 + (await store.readAll({ after: BigInt(expected - 1) })).length;
  return { ...(await identifiedCommands(store, options)), count };
}

async function inSqlite(options) {
  const { file, open } = await sqlite.openStore(options);
  return { ...(await identifiedCommands(open(), options)), count: rowsIn(file, 'events') };
}

async function inPostgres(options) {
  const { store, schema } = await postgres.openStore(options);
  const app = await identifiedCommands(store, options);
  return {
    ...app,
    async fill(events) {
      await app.fill(events);
      await settle(options.url, [`${schema}.eventuality_events`, `${schema}.eventuality_streams`]);
    },
    count: async () => Number((await once(options.url, `select count(*) from ${schema}.eventuality_events`))[0].count),
  };
}

/** @param app `{ fill(events), command(index), count(expected) }` */
async function prepare(app, { kind, operations, quick }) {
  await app.fill(EVENTS);
  const count = quick ? Math.ceil(operations / 3) : operations;
  let [done, stored] = [0, EVENTS];
  if (kind === 'repeated') {
    for (let index = 0; index < REPEATED; index++) await app.command(index);
    stored += REPEATED;
  }
  return async function round() {
    const start = performance.now();
    for (let index = 0; index < count; index++)
      await app.command(kind === 'repeated' ? index % REPEATED : done + index);
    const value = ((performance.now() - start) * 1000) / count;
    done += count;
    const expected = kind === 'repeated' ? stored : EVENTS + done;
    const found = await app.count(expected);
    check(found === expected, `${found} events are stored, not ${expected}`);
    return { value, operations: count };
  };
}
