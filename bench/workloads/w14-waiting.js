// Process managers that wait: what an idle process asks PostgreSQL for, and what finding the due deadlines costs, by how many wait.
import pg from 'pg';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { server, settle } from '../lib/postgres/server.js';
import { fillInstances, idle, looking } from '../lib/processes.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder } from '../lib/sqlite/file.js';

const DUE = 100;
const LOOKS = 200;
const SILENCE = 10_000;
const number = value => value.toLocaleString('en');

const stores = [
  { id: 'sqlite', title: 'SQLite', setup: ownFolder, openStore: sqlite.openStore },
  { id: 'postgres', title: 'PostgreSQL', setup: () => server(), openStore: postgres.openStore },
];

export default [
  {
    ...{ id: 'w14-idle', group: 'w14-idle', order: 143, setup: () => server(), warmUps: 0 },
    title: 'PostgreSQL: queries of an idle process with a process manager, by its instances (less is better)',
    unit: 'queries/s',
    ownReference: 'x few',
    quickNote: 'A quick run: a tenth of the instances.',
    contenders: [
      { instances: 1000, deadlines: 100 },
      { instances: 1_000_000, deadlines: 100_000 },
    ].map(size => ({
      id: `${size.instances}`,
      title: `${number(size.instances)} instances, ${number(size.deadlines)} deadlines`,
      ...{ reference: '1000', versions, params: size, workloads: { 'w14-idle': idleInPostgres } },
    })),
    prepare: async app => async () => ({ value: await app.idle(SILENCE) }),
  },
  ...stores.map(({ id, title, setup, openStore }, place) => ({
    ...{ id: `w14-due-${id}`, group: 'w14-due', order: 144 + place, setup, warmUps: 1 },
    title: `${title}: a look for what is due finds ${DUE} deadlines, by how many wait (less is better)`,
    unit: 'ms',
    ownReference: 'x 1,000',
    quickNote: 'A quick run: a tenth of the deadlines.',
    contenders: [1000, 1_000_000].map(count => ({
      ...{ id: `${count}`, title: `${number(count)} pending`, reference: '1000', versions, params: { count } },
      workloads: { 'w14-due': options => dueIn(openStore, options) },
    })),
    prepare: async app => app.round,
  })),
];

const sized = (count, quick) => (quick && count > 1000 ? count / 10 : count);

async function idleInPostgres({ instances, deadlines, quick, ...options }) {
  const { store, schema } = await postgres.openStore(options);
  await fillInstances(store, { instances: sized(instances, quick), deadlines: sized(deadlines, quick) });
  await store.close();
  const { default: adapter } = await import('../../dist/adapters/postgres/index.js');
  return {
    async idle(milliseconds) {
      const pool = new pg.Pool({ connectionString: options.url, max: 10 });
      let queries = 0;
      const query = pool.query.bind(pool);
      pool.query = (...given) => {
        queries++;
        return query(...given);
      };
      try {
        return await idle({ store: adapter.postgres({ pool, schema }), asked: () => queries }, milliseconds);
      } finally {
        await pool.end();
      }
    },
  };
}

async function dueIn(openStore, { count, quick, ...options }) {
  const { store: opened, open, schema } = await openStore(options);
  const store = opened ?? (await open());
  const pending = sized(count, quick);
  await fillInstances(store, { instances: pending, deadlines: pending, due: DUE });
  if (schema) await settle(options.url, [`${schema}.eventuality_process_deadlines`]);
  return {
    async round() {
      const { milliseconds, found } = await looking(store, LOOKS);
      check(found === DUE, `${found} deadlines are due, not ${DUE}`);
      return { value: milliseconds };
    },
  };
}
