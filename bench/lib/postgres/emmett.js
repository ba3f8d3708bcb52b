// @event-driven-io/emmett-postgresql: one pool for all, its tables made before the first round. A database of its own, not a schema: it looks
// for its functions in all schemas, and would not make them a second time.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { decide, evolve, fill, initialState } from '../emmett.js';
import { describe } from '../todo.js';
import { versionsOf } from '../versions.js';
import { IDLE, once, ownDatabase, settle } from './server.js';

export const versions = () => versionsOf(['@event-driven-io/emmett', '@event-driven-io/emmett-postgresql']);

export async function openStore(options) {
  const { getPostgreSQLEventStore } = await import('@event-driven-io/emmett-postgresql');
  const { dumbo: dumboOf } = await import('@event-driven-io/dumbo');
  const url = await ownDatabase(options);
  const pool = new pg.Pool({ connectionString: url, max: poolSize(options), idleTimeoutMillis: IDLE });
  const dumbo = dumboOf({ connectionString: url, pool });
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' }, connectionOptions: { dumbo } });
  await store.schema.migrate();
  const count = async () => Number((await once(url, 'select count(*) from emt_messages'))[0].count);
  return { store, count, pool: dumbo, url };
}

// Measured: more connections than these make it slower here.
const FILLING = 16;
const poolSize = ({ concurrency = 1 }) => Math.min(concurrency, 16);

export async function eventStore(options) {
  const { store, count, pool, url } = await openStore(options);
  const { readMessagesBatch } = await import('@event-driven-io/emmett-postgresql');
  return {
    count,
    async fill(events, streams) {
      await fill(store, events, streams, FILLING);
      await settle(url, ['emt_messages', 'emt_streams']);
    },
    page: async (after, batchSize) =>
      (await readMessagesBatch(pool.execute, { after: BigInt(after), batchSize })).messages,
    append: index =>
      store.appendToStream(`todo-${index}`, [created(index)], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }),
    async stream(index) {
      const { events } = await store.readStream(`todo-${index}`);
      return { events: events.length, text: events.at(-1)?.data.description };
    },
  };
}

export async function commands(options) {
  const { CommandHandler } = await import('@event-driven-io/emmett');
  const { store, count } = await openStore(options);
  const handle = CommandHandler({ evolve, initialState });
  return {
    count,
    seed: (id, texts) =>
      store.appendToStream(id, decide.seeded(texts), { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }),
    rename: (id, description) => handle(store, id, state => decide.rename(state, description)),
    async stream(id) {
      const { state, currentStreamVersion } = await store.aggregateStream(id, { evolve, initialState });
      return { events: Number(currentStreamVersion), text: state.description };
    },
  };
}

function created(index) {
  const causationId = randomUUID();
  return {
    type: 'TodoCreated',
    data: { description: describe(`todo-${index}`) },
    metadata: { correlationId: causationId, causationId },
  };
}
