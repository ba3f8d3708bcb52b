import { documentConditions, KEY_COLUMNS, QueryShapes, type ResolvedQuery } from '../../../store';
import type { SqliteConnection, SqliteStatement, SqliteValue } from '../connection/driver';

const SCHEMA = 'indexes, revision, segments, sequence_by, taken_over';

/** The statements of documents and checkpoints; those that do not depend on a query are prepared once. */
export type ProjectionStatements = ReturnType<typeof prepareProjectionStatements>;

export function prepareProjectionStatements(connection: SqliteConnection) {
  return {
    // Positions as text: numbers are not exact beyond 2^53.
    checkpoint: connection.prepare(
      'select cast(position as text) as position from checkpoints where projection = ? and version = ? and segment = ?',
    ),
    moveCheckpoint: connection.prepare(
      `insert into checkpoints (projection, version, segment, position) values (?, ?, ?, ?)
       on conflict (projection, version, segment) do update set position = excluded.position`,
    ),
    dropCheckpoints: connection.prepare('delete from checkpoints where projection = ? and version = ?'),
    readModel: connection.prepare(`select ${SCHEMA} from read_models where name = ? and version = ?`),
    openReadModel: connection.prepare(
      `select 1 from read_models r where name = ? and version = ?
       and not exists (select 1 from active_models a where a.name = r.name and a.version > r.version)`,
    ),
    addReadModel: connection.prepare(
      `insert into read_models (name, version, ${SCHEMA}, replay_until) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    versions: connection.prepare(
      `select r.version, ${SCHEMA}, cast(replay_until as text) as replayUntil, a.version as active
       from read_models r left join active_models a on a.name = r.name where r.name = ? order by r.version`,
    ),
    dropReadModel: connection.prepare('delete from read_models where name = ? and version = ?'),
    active: connection.prepare('select version from active_models where name = ?'),
    activate: connection.prepare(
      'insert into active_models (name, version) values (?, ?) on conflict (name) do update set version = excluded.version',
    ),
    closeLower: connection.prepare('delete from checkpoints where projection = ? and version < ?'),
    deactivate: connection.prepare('delete from active_models where name = ? and version = ?'),
    getDocument: connection.prepare('select document from documents where read_model = ? and version = ? and id = ?'),
    getDocuments: connection.prepare(
      'select id, document from documents where read_model = ? and version = ? and id in (select value from json_each(?))',
    ),
    // By the number of indexes: unused columns stay null.
    writeDocument: Array.from({ length: KEY_COLUMNS.length + 1 }, (_, count) =>
      connection.prepare(writeText(KEY_COLUMNS.slice(0, count))),
    ),
    deleteDocument: connection.prepare('delete from documents where read_model = ? and version = ? and id = ?'),
    dropDocuments: connection.prepare('delete from documents where read_model = ? and version = ?'),
  };
}

function writeText(keys: readonly string[]): string {
  const columns = ['document', ...keys];
  return `insert into documents (read_model, version, id, ${columns.join(', ')}) values (?, ?, ?, ${columns.map(() => '?').join(', ')})
    on conflict (read_model, version, id) do update set ${columns.map(column => `${column} = excluded.${column}`).join(', ')}`;
}

/** Prepares queries; queries of the same shape share a statement. */
export class FindStatements {
  readonly #shapes: QueryShapes<SqliteStatement>;

  constructor(connection: SqliteConnection) {
    this.#shapes = new QueryShapes(text => connection.prepare(text));
  }

  /** Returns the statement of a query, with its values. */
  of(
    readModel: string,
    version: number,
    query: ResolvedQuery,
  ): { statement: SqliteStatement; values: readonly SqliteValue[] } {
    const values: SqliteValue[] = [readModel, version];
    const bind = (value: string | number): string => {
      values.push(value);
      return '?';
    };
    const among = (column: string, keys: readonly string[]): string =>
      `${column} in (select value from json_each(${bind(JSON.stringify(keys))}))`;
    const columns = [
      'id',
      'document',
      ...(query.order === undefined ? [] : [`${KEY_COLUMNS[query.order]} as key`]),
    ].join(', ');
    const text = `select ${columns} from documents where read_model = ? and version = ?${documentConditions(query, { bind, among })}`;
    return { statement: this.#shapes.of(text), values };
  }
}
