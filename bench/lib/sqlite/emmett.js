// @event-driven-io/emmett-sqlite with one connection kept open: by default it opens one for each append.
// Its connection lets appends that run at once join one transaction and reports them done before it is committed, so they queue here.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe } from '../todo.js';
import { versionsOf } from '../versions.js';
import { rowsIn } from './file.js';

export const versions = () => versionsOf(['@event-driven-io/emmett', '@event-driven-io/emmett-sqlite', 'sqlite3']);

export async function eventStore({ folder, contender, synchronous }) {
  const { getSQLiteEventStore, sqliteConnection, SQLiteConnectionPool } = await import(
    '@event-driven-io/emmett-sqlite'
  );
  const fileName = join(folder, `${contender}.db`);
  const connection = sqliteConnection({ fileName });
  await connection.command(`PRAGMA synchronous = ${synchronous}`);
  const pool = SQLiteConnectionPool({ fileName, connectionOptions: { singleton: true, connection } });
  const store = getSQLiteEventStore({ fileName, pool, schema: { autoMigration: 'None' } });
  await store.schema.migrate();
  let last = Promise.resolve();
  const inTurn = work => {
    last = last.then(work);
    return last;
  };
  return {
    count: rowsIn(fileName, 'emt_messages'),
    append: (index, events) =>
      inTurn(() =>
        store.appendToStream(`todo-${index}`, created(index, events), {
          expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
        }),
      ),
    async stream(index) {
      const { events } = await store.readStream(`todo-${index}`);
      return { events: events.length, text: events.at(-1)?.data.description };
    },
  };
}

function created(index, events) {
  const causationId = randomUUID();
  const metadata = { correlationId: causationId, causationId };
  return Array.from({ length: events }, () => ({
    type: 'TodoCreated',
    data: { description: describe(`todo-${index}`) },
    metadata,
  }));
}
