// eventuality/postgres, with its defaults.
import { projection } from '../projection.js';
import { commandsOn, eventsOn } from '../stored.js';
import { once, ownSchema, settle } from './server.js';

export async function openStore(options) {
  const { default: postgres } = await import('../../../dist/adapters/postgres/index.js');
  const { schema, url } = await ownSchema(options);
  const open = async () => {
    const store = postgres.postgres({ connectionString: options.url, schema });
    await store.ready();
    return store;
  };
  return { store: await open(), open, schema, url };
}

async function openCounted(options) {
  const { store, schema } = await openStore(options);
  const count = async () =>
    Number((await once(options.url, `select count(*) from ${schema}.eventuality_events`))[0].count);
  return { store, schema, count };
}

/** Appends straight to the store. */
export async function eventStore(options) {
  const { store, schema, count } = await openCounted(options);
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
  const { store, count } = await openCounted(options);
  return { ...(await commandsOn(store)), count };
}

/** A projection that follows. */
export async function readModel(options) {
  const { store, open, schema } = await openStore(options);
  await store.close();
  const app = await projection(open);
  return {
    ...app,
    async reset() {
      await app.reset();
      await settle(options.url, [`${schema}.eventuality_documents`]);
    },
    documents: () => once(options.url, `select id, document from ${schema}.eventuality_documents`),
  };
}
