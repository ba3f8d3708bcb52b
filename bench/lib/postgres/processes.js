// What a process manager does, by hand: pages of 1,000 events, one transaction for what they lead to; and the same with deadlines of pg-boss.
import pg from 'pg';
import { newId } from '../../../dist/index.js';
import { place } from '../processes.js';
import { openStore } from './eventuality.js';
import { IDLE } from './server.js';

const BATCH = 1_000;
const HOUR = 3_600_000;

const TABLES = `
create table instances (id text collate "C" primary key, document jsonb not null) with (fillfactor = 85);
create table inputs (entry bigint generated always as identity primary key, event_id uuid not null unique, instance text not null, position bigint not null);
create table outputs (entry bigint generated always as identity primary key, id uuid not null unique, instance text not null, command jsonb not null, outcome text);
create index on outputs (instance) where outcome is null;
create table deadlines (instance text not null, key text not null, due_at bigint not null, content jsonb not null, primary key (instance, key));
create index on deadlines (due_at);
create table confirmations (id text collate "C" primary key, command_id uuid not null unique, payload jsonb not null);
create table checkpoint (position bigint not null);
insert into checkpoint (position) values (0)`;

const EVENTS = `select position, event_id, aggregate_id as id, payload from eventuality_events
where position > $1 and name = 'OrderPlaced' order by position limit ${BATCH}`;

const statement = (name, text) => ({ name, text });
const INSTANCES = statement(
  'instances',
  `insert into instances (id, document) select * from rows from (unnest($1::text[]), jsonb_array_elements($2::jsonb)) as t (id, document)`,
);
const INPUTS = statement(
  'inputs',
  'insert into inputs (event_id, instance, position) select * from unnest($1::uuid[], $2::text[], $3::bigint[])',
);
const OUTPUTS = statement(
  'outputs',
  `insert into outputs (id, instance, command) select * from rows from (unnest($1::uuid[]), unnest($2::text[]), jsonb_array_elements($3::jsonb)) as t (id, instance, command)`,
);
const DEADLINES = statement(
  'deadlines',
  `insert into deadlines (instance, key, due_at, content) select i, 'payment', $2, '{}' from unnest($1::text[]) as t (i)`,
);
const EFFECTS = statement(
  'effects',
  `insert into confirmations (id, command_id, payload) select * from rows from (unnest($1::text[]), unnest($2::uuid[]), jsonb_array_elements($3::jsonb)) as t (id, command_id, payload)`,
);
const OUTCOMES = statement('outcomes', `update outputs set outcome = 'done' where id = any($1::uuid[])`);
const MOVE = statement('move', 'update checkpoint set position = $1');

/** @param timers makes what sets the deadlines of orders; default rows */
export async function byHand(options, timers = rows) {
  const { store, schema, url } = await openStore(options);
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: IDLE });
  await pool.query(TABLES);
  const deadlines = await timers(options, schema);
  const run = (client, { name, text }, ...values) => client.query({ name, text, values });
  async function page(client, events) {
    const ids = events.map(({ id }) => id);
    const commandIds = events.map(() => newId());
    const payloads = JSON.stringify(events.map(({ payload }) => payload));
    await client.query('begin');
    await run(client, INSTANCES, ids, payloads);
    await run(
      client,
      INPUTS,
      events.map(event => event.event_id),
      ids,
      events.map(({ position }) => position),
    );
    await run(client, OUTPUTS, commandIds, ids, payloads);
    await deadlines.set(client, ids);
    await run(client, EFFECTS, ids, commandIds, payloads);
    await run(client, OUTCOMES, commandIds);
    await run(client, MOVE, events.at(-1).position);
    await client.query('commit');
  }
  return {
    place: (first, count) => place(store, first, count),
    async catchUp() {
      const client = await pool.connect();
      let { position } = (await client.query('select position from checkpoint')).rows[0];
      for (;;) {
        const events = (await client.query({ name: 'events', text: EVENTS, values: [position] })).rows;
        if (events.length === 0) break;
        await page(client, events);
        position = events.at(-1).position;
      }
      client.release();
    },
    async done() {
      const [{ count }] = (await pool.query('select count(*) from confirmations')).rows;
      return { confirmed: Number(count), waiting: await deadlines.count(pool) };
    },
  };
}

const rows = async () => ({
  set: (client, ids) => client.query({ ...DEADLINES, values: [ids, Date.now() + HOUR] }),
  count: async pool => Number((await pool.query('select count(*) from deadlines')).rows[0].count),
});

/** Deadlines are jobs of pg-boss, which is given the transaction. */
export const withPgBoss = options =>
  byHand(options, async (_, schema) => {
    const { default: PgBoss } = await import('pg-boss');
    const boss = new PgBoss({
      connectionString: options.url,
      schema: `${schema}_boss`,
      supervise: false,
      schedule: false,
    });
    boss.on('error', () => {});
    await boss.start();
    await boss.createQueue('payment');
    return {
      async set(client, ids) {
        const startAfter = new Date(Date.now() + HOUR).toISOString();
        const jobs = ids.map(id => ({ name: 'payment', data: { id }, startAfter }));
        await boss.insert(jobs, { db: { executeSql: (text, values) => client.query(text, values) } });
      },
      count: async pool => Number((await pool.query(`select count(*) from ${schema}_boss.job`)).rows[0].count),
    };
  });
