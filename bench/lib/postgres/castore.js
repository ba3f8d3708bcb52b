// @castore/event-storage-adapter-postgres; it keeps a pool of ten connections of the package `postgres`.
import { createRequire } from 'node:module';
import { todos } from '../castore.js';
import { describe } from '../todo.js';
import { versionsOf } from '../versions.js';
import { once, ownSchema } from './server.js';

const require = createRequire(import.meta.url);

export const versions = () => versionsOf(['@castore/core', '@castore/event-storage-adapter-postgres']);

export async function castore(options) {
  const { PostgresEventStorageAdapter } = require('@castore/event-storage-adapter-postgres');
  const { schema, url } = await ownSchema(options);
  const connectionString = url.replaceAll('+', '%20');
  await PostgresEventStorageAdapter.createEventTable({
    connectionString,
    aggregateId: { type: 'VARCHAR', length: 64 },
  });
  const app = todos(new PostgresEventStorageAdapter({ connectionString }));
  return {
    count: async () => Number((await once(options.url, `select count(*) from ${schema}.event`))[0].count),
    append: index => app.create(`todo-${index}`, describe(`todo-${index}`)),
    async seed(id, [first, ...rest]) {
      await app.create(id, first);
      for (const text of rest) await app.rename(id, text);
    },
    rename: app.rename,
    stream: id => app.load(typeof id === 'number' ? `todo-${id}` : id),
  };
}
