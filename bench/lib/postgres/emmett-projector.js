// @event-driven-io/emmett-postgresql: a consumer with a projector, its batch raised from 100 and its pause between batches lowered from 50 ms.
import { randomUUID } from 'node:crypto';
import { openStore } from './emmett.js';
import { once, settle } from './server.js';

const PULLING = { batchSize: 1_000, pullingFrequencyInMs: 1 };

/** Appends by its own function in the database, a batch of a story in one transaction: one by one it takes minutes. */
const SEED = `select count(*)::integer as appended from jsonb_array_elements($1::jsonb) with ordinality as t (append, place), lateral (
  select array_agg(e ->> 'messageId' order by n) as ids, array_agg(e -> 'payload' order by n) as data, array_agg(e -> 'metadata' order by n) as metadata,
    array_agg(text '1' order by n) as versions, array_agg(e ->> 'name' order by n) as types, array_agg(text 'E' order by n) as kinds
  from jsonb_array_elements(append -> 'events') with ordinality as events (e, n)
) as list, lateral emt_append_to_stream(ids, data, metadata, versions, types, kinds,
  append ->> 'id', 'Todo', (append ->> 'version')::bigint, 'emt:default') as outcome where outcome.success`;

const TABLE =
  'create table if not exists todos (id text collate "C" primary key, document jsonb not null) with (fillfactor = 85)';

/** Its projection by SQL, one statement for an event. */
export async function readModel(options) {
  const { postgreSQLEventStoreConsumer, postgreSQLRawSQLProjection } = await import(
    '@event-driven-io/emmett-postgresql'
  );
  const { sql } = await import('@event-driven-io/dumbo');
  const { pool, url } = await openStore({ ...options, concurrency: 4 });
  const canHandle = ['TodoCreated', 'TodoRenamed', 'TodoCompleted'];
  const projection = postgreSQLRawSQLProjection({ name: 'todos', canHandle, evolve: event => sql(...change(event)) });
  return {
    async seed(batches) {
      for (const batch of batches) {
        const [{ appended }] = await once(url, { text: SEED, values: [JSON.stringify(batch.map(identified))] });
        if (appended !== batch.length)
          throw new Error(`${batch.length - appended} appends of ${batch.length} conflict`);
      }
      await settle(url, ['emt_messages', 'emt_streams']);
    },
    reset: () => once(url, `${TABLE}; truncate todos, emt_processors`),
    async catchUp() {
      const consumer = postgreSQLEventStoreConsumer({
        connectionString: url,
        pool,
        pulling: PULLING,
        stopWhen: { noMessagesLeft: true },
      });
      consumer.projector({ projection });
      await consumer.start();
    },
    documents: () => once(url, 'select id, document from todos'),
  };
}

function change({ type, data, metadata: { streamName } }) {
  if (type === 'TodoCreated') {
    const document = { description: data.description, renames: 0, completed: false };
    return ['insert into todos (id, document) values (%L, %L::jsonb)', streamName, JSON.stringify(document)];
  }
  if (type === 'TodoCompleted')
    return [`update todos set document = document || '{"completed": true}' where id = %L`, streamName];
  const renamed = `jsonb_build_object('description', %L::text, 'renames', (document ->> 'renames')::integer + 1)`;
  return [`update todos set document = document || ${renamed} where id = %L`, data.description, streamName];
}

function identified({ id, version, events }) {
  const causationId = randomUUID();
  const metadata = { correlationId: causationId, causationId };
  return { id, version, events: events.map(event => ({ ...event, messageId: randomUUID(), metadata })) };
}
