// eventuality/postgres, with its defaults.
import { commandsOn, eventsOn } from '../stored.js';
import { once, ownSchema, settle } from './server.js';

async function open(options) {
  const { default: postgres } = await import('../../../dist/postgres/index.js');
  const { schema } = await ownSchema(options);
  const store = postgres.postgres({ connectionString: options.url, schema });
  await store.ready();
  const count = async () => Number((await once(options.url, `select count(*) from ${schema}.eventuality_events`))[0].count);
  return { store, schema, count };
}

/** Appends straight to the store. */
export async function eventStore(options) {
  const { store, schema, count } = await open(options);
  const events = eventsOn(store);
  return {
    ...events,
    count,
    async fill(size, streams) {
      await events.fill(size, streams);
      await settle(options.url, [`${schema}.eventuality_events`, `${schema}.eventuality_streams`]);
    },
  };
}

/** Commands through a Flow, without a cache. */
export async function commands(options) {
  const { store, count } = await open(options);
  return { ...(await commandsOn(store)), count };
}
