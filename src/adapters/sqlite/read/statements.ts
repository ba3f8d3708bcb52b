import type { SqliteConnection } from '../connection/driver';
import { EVENT_COLUMNS, prepareEvents } from './event-row';

/** The statements of a store, prepared once. */
export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(connection: SqliteConnection) {
  return {
    begin: connection.prepare('begin immediate'),
    commit: connection.prepare('commit'),
    lastKeys: connection.prepare(
      'select (select max(position) from events) as position, (select max(stream) from streams) as stream',
    ),
    findStream: connection.prepare('select stream, version from streams where aggregate_name = ? and aggregate_id = ?'),
    findEvent: prepareEvents(
      connection,
      `select ${EVENT_COLUMNS} from events e join streams s using (stream) where e.id = ?`,
    ),
    addStream: connection.prepare(
      'insert into streams (stream, aggregate_name, aggregate_id, version) values (?, ?, ?, ?)',
    ),
    moveStream: connection.prepare('update streams set version = ? where stream = ?'),
    addEvent: connection.prepare(
      `insert into events (position, stream, version, id, name, schema_version, payload, metadata, marks, recorded_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    readStream: prepareEvents(
      connection,
      `select ${EVENT_COLUMNS} from streams s join events e using (stream)
       where s.aggregate_name = ? and s.aggregate_id = ? and e.version >= ? order by e.version limit ?`,
    ),
    // "cross" keeps the order of the tables: each event in turn, then its stream.
    readAll: prepareEvents(
      connection,
      `select ${EVENT_COLUMNS} from events e cross join streams s using (stream) where e.position > ? order by e.position limit ?`,
    ),
    loadSnapshot: connection.prepare(
      `select version, event_id, state, recorded_at from snapshots
       where aggregate_name = ? and aggregate_id = ? and schema_version = ?`,
    ),
    saveSnapshot: connection.prepare(
      `insert into snapshots (aggregate_name, aggregate_id, version, event_id, schema_version, state, recorded_at)
       values (?, ?, ?, ?, ?, ?, ?)
       on conflict (aggregate_name, aggregate_id) do update set version = excluded.version, event_id = excluded.event_id,
         schema_version = excluded.schema_version, state = excluded.state, recorded_at = excluded.recorded_at
       where (excluded.version, excluded.schema_version) >= (version, schema_version)`,
    ),
    deleteSnapshot: connection.prepare('delete from snapshots where aggregate_name = ? and aggregate_id = ?'),
    dataVersion: connection.prepare('pragma data_version'),
  };
}
