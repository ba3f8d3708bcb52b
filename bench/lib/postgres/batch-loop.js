// A projection by hand, over the events of eventuality/postgres: 1,000 events at a time, one transaction for their documents and the checkpoint.
import pg from 'pg';
import { seed } from '../projection.js';
import { fold } from '../story.js';
import { openStore } from './eventuality.js';
import { IDLE, once } from './server.js';

const BATCH = 1_000;

const TABLES = `
create table todos (id text collate "C" primary key, document jsonb not null) with (fillfactor = 85);
create table checkpoint (position bigint not null)`;

const WRITE = `insert into todos (id, document) select * from rows from (unnest($1::text[]), jsonb_array_elements($2::jsonb)) as t (id, document)
on conflict (id) do update set document = excluded.document`;

export async function batchLoop(options) {
  const { store, schema, url } = await openStore(options);
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: IDLE });
  await pool.query(TABLES);
  const events = {
    name: 'events',
    text: `select position, aggregate_id as id, name, payload from eventuality_events where position > $1 order by position limit ${BATCH}`,
  };
  return {
    async seed(batches) {
      await seed(store, batches);
      await store.close();
    },
    reset: () => pool.query('truncate todos, checkpoint; insert into checkpoint (position) values (0)'),
    async catchUp() {
      const client = await pool.connect();
      let { position } = (await client.query('select position from checkpoint')).rows[0];
      for (;;) {
        const { rows } = await client.query({ ...events, values: [position] });
        if (rows.length === 0) break;
        position = rows.at(-1).position;
        await handle(client, rows, position);
      }
      client.release();
    },
    documents: () => once(options.url, `select id, document from ${schema}.todos`),
  };
}

async function handle(client, events, position) {
  await client.query('begin');
  const created = new Set(events.filter(({ name }) => name === 'TodoCreated').map(({ id }) => id));
  const missing = [...new Set(events.map(({ id }) => id))].filter(id => !created.has(id));
  const read = { name: 'read', text: 'select id, document from todos where id = any($1::text[])', values: [missing] };
  const documents = new Map((await client.query(read)).rows.map(({ id, document }) => [id, document]));
  for (const event of events) documents.set(event.id, fold(documents.get(event.id), event));
  await client.query({
    name: 'write',
    text: WRITE,
    values: [[...documents.keys()], JSON.stringify([...documents.values()])],
  });
  await client.query({ name: 'move', text: 'update checkpoint set position = $1', values: [position] });
  await client.query('commit');
}
