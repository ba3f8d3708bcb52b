// better-sqlite3 by hand: the tables of eventuality/sqlite, prepared statements, one transaction per append.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { newId } from '../../../dist/index.js';
import { describe } from '../todo.js';
import { versionsOf } from '../versions.js';
import { rowsIn } from './file.js';

export const versions = () => versionsOf(['better-sqlite3']);

const TABLES = `
create table streams (
  stream integer primary key, aggregate_name text not null, aggregate_id text not null, version integer not null,
  unique (aggregate_name, aggregate_id)
) strict;
create table events (
  position integer primary key, stream integer not null references streams (stream), version integer not null check (version > 0),
  id text not null unique, name text not null, schema_version integer not null, payload text not null, metadata text not null,
  recorded_at text not null, unique (stream, version)
) strict`;

/** The unique index of streams refuses who comes too late. */
export function transactionEach({ folder, contender, synchronous }) {
  const file = join(folder, `${contender}.db`);
  const database = new Database(file);
  database.pragma('journal_mode = wal');
  database.pragma(`synchronous = ${synchronous}`);
  database.exec(TABLES);
  const makeStream = database.prepare(
    `insert into streams (aggregate_name, aggregate_id, version) values ('Todo', ?, ?)`,
  );
  const insert = database.prepare(
    `insert into events (stream, version, id, name, schema_version, payload, metadata, recorded_at) values (?, ?, ?, 'TodoCreated', 1, ?, ?, ?)`,
  );
  const read = database.prepare(
    `select payload from events join streams using (stream) where aggregate_name = 'Todo' and aggregate_id = ? order by events.version`,
  );
  const append = database.transaction((id, events, description) => {
    const stream = makeStream.run(id, events).lastInsertRowid;
    const causationId = newId();
    const metadata = JSON.stringify({ correlationId: causationId, causationId, commandName: 'CreateTodo' });
    const recordedAt = new Date().toISOString();
    for (let version = 1; version <= events; version++) {
      insert.run(stream, version, newId(), JSON.stringify({ description }), metadata, recordedAt);
    }
  }).immediate;
  return {
    count: rowsIn(file, 'events'),
    append: async (index, events) => append(`todo-${index}`, events, describe(`todo-${index}`)),
    async stream(index) {
      const rows = read.all(`todo-${index}`);
      return { events: rows.length, text: rows.length > 0 ? JSON.parse(rows.at(-1).payload).description : undefined };
    },
  };
}
