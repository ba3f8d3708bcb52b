// `pg` by hand: the tables of eventuality/postgres, prepared statements, one pool.
import pg from 'pg';
import { newId } from '../../../dist/index.js';
import { describe } from '../todo.js';
import { versionsOf } from '../versions.js';
import { IDLE, ownSchema } from './server.js';

export const versions = () => versionsOf(['pg']);

export const TABLES = `
create sequence positions as bigint cache 1;
create table streams (
  aggregate_name text collate "C" not null, aggregate_id text collate "C" not null, version bigint not null,
  primary key (aggregate_name, aggregate_id)
) with (fillfactor = 80);
create table events (
  position bigint primary key default nextval('positions'),
  aggregate_name text collate "C" not null, aggregate_id text collate "C" not null, version bigint not null,
  event_id uuid not null unique, name text collate "C" not null, schema_version integer not null,
  payload jsonb not null, metadata jsonb not null, recorded_at timestamptz(3) not null default clock_timestamp(),
  unique (aggregate_name, aggregate_id, version)
)`;

/** The unique index on (aggregate, version) refuses who comes too late. */
const INSERT = `insert into events (aggregate_name, aggregate_id, version, event_id, name, schema_version, payload, metadata)
values ('Todo', $1, $2::bigint + 1, $3, $4, 1, $5, $6) returning position, recorded_at`;

/** Compares and sets the stream's version and inserts the event: nothing comes back when the version is another one. */
export const STATEMENT = `with made as (
  insert into streams (aggregate_name, aggregate_id, version) select 'Todo', $1, 1 where $2::bigint = 0 on conflict do nothing returning version
), moved as (
  update streams set version = $2::bigint + 1 where aggregate_name = 'Todo' and aggregate_id = $1 and version = $2::bigint and $2::bigint > 0
  returning version
)
insert into events (aggregate_name, aggregate_id, version, event_id, name, schema_version, payload, metadata)
select 'Todo', $1, v.version, $3::uuid, $4, 1, $5::jsonb, $6::jsonb from (select version from made union all select version from moved) v
returning position, recorded_at`;

const READ = `select version, name, payload from events where aggregate_name = 'Todo' and aggregate_id = $1 order by version`;

// Measured: more connections than these make it slower here.
const poolSize = ({ concurrency = 1 }) => Math.min(concurrency, 16);

export const insertStatement = options => openTables(options, { name: 'insert', text: INSERT });
export const oneStatement = options => openTables(options, { name: 'statement', text: STATEMENT });

async function openTables(options, statement) {
  const { url } = await ownSchema(options);
  const pool = new pg.Pool({ connectionString: url, max: poolSize(options), idleTimeoutMillis: IDLE });
  await pool.query(TABLES);
  const read = async id => (await pool.query({ name: 'read', text: READ, values: [id] })).rows;

  async function append(id, expected, name, description) {
    const causationId = newId();
    const metadata = JSON.stringify({ correlationId: causationId, causationId, commandName: 'Todo' });
    const values = [id, expected, newId(), name, JSON.stringify({ description }), metadata];
    const { rowCount } = await pool.query({ ...statement, values });
    if (rowCount !== 1) throw new Error(`${id} is not at version ${expected}`);
  }

  async function rename(id, description) {
    const events = await read(id);
    if (events.length === 0) throw new Error(`${id} is missing`);
    let current = '';
    for (const { payload } of events) current = payload.description;
    if (current !== description) await append(id, events.length, 'TodoRenamed', description);
  }

  async function stream(id) {
    const events = await read(id);
    return { events: events.length, text: events.at(-1)?.payload.description };
  }

  return {
    count: async () => Number((await pool.query('select count(*) from events')).rows[0].count),
    append: index => append(`todo-${index}`, 0, 'TodoCreated', describe(`todo-${index}`)),
    async seed(id, texts) {
      for (const [version, text] of texts.entries())
        await append(id, version, version === 0 ? 'TodoCreated' : 'TodoRenamed', text);
    },
    rename,
    stream: id => stream(typeof id === 'number' ? `todo-${id}` : id),
  };
}
