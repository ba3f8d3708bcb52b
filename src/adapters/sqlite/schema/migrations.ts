import type { SqliteConnection } from '../connection/driver';
import { inTransaction, rollBack } from '../connection/in-transaction';
import { SqliteFileForeignError, SqliteFileNewerError } from '../errors';

/** 'EVNT': marks a file as an event store, also for the command `file`. */
export const APPLICATION_ID = 0x45564e54;

/**
 * The steps from an empty file to the present schema; a step's place in the list is the version that it leads to.
 * A step that has been released is never changed: add another one.
 */
export const MIGRATIONS: readonly string[] = [
  `create table streams (
    stream integer primary key,
    aggregate_name text not null,
    aggregate_id text not null,
    version integer not null,
    unique (aggregate_name, aggregate_id)
  ) strict;
  create table events (
    position integer primary key,
    stream integer not null references streams (stream),
    version integer not null check (version > 0),
    id text not null unique,
    name text not null,
    schema_version integer not null,
    payload text not null,
    metadata text not null,
    recorded_at text not null,
    unique (stream, version)
  ) strict;`,
  // By names, not by the numbers of streams: a file can also keep the snapshots of events that are elsewhere.
  `create table snapshots (
    aggregate_name text not null,
    aggregate_id text not null,
    version integer not null check (version > 0),
    event_id text not null,
    schema_version integer not null,
    state text not null,
    recorded_at text not null,
    unique (aggregate_name, aggregate_id)
  ) strict;`,
  // What a read model is searched by is kept in columns of its own, as texts that sort: no read model needs an index of
  // its own.
  `create table read_models (
    name text not null,
    version integer not null,
    indexes text not null,
    primary key (name, version)
  ) strict, without rowid;
  create table active_models (
    name text primary key,
    version integer not null
  ) strict, without rowid;
  create table documents (
    read_model text not null,
    version integer not null,
    id text not null,
    document text not null,
    ${numbered(8, n => `key${n} text`).join(',\n    ')},
    primary key (read_model, version, id)
  ) strict;
  ${numbered(8, n => `create index documents_key${n} on documents (read_model, version, key${n}, id) where key${n} is not null;`).join('\n  ')}
  create table checkpoints (
    projection text not null,
    version integer not null,
    segment integer not null,
    position integer not null,
    primary key (projection, version, segment)
  ) strict, without rowid;`,
  // What was prepared before revisions and segments is of the first revision, in one segment.
  `alter table read_models add column revision integer not null default 1;
  alter table read_models add column segments integer not null default 1;
  create table leases (
    projection text not null,
    version integer not null,
    segment integer not null,
    owner text,
    until integer not null,
    fence integer not null,
    primary key (projection, version, segment)
  ) strict, without rowid;
  create table dead_letters (
    projection text not null,
    version integer not null,
    position integer not null,
    segment integer not null,
    sequence text not null,
    error text,
    attempts integer not null,
    retry integer not null,
    parked_at text not null,
    primary key (projection, version, position)
  ) strict;
  create index dead_letters_sequence on dead_letters (projection, version, sequence, position);`,
  // A command is done when it has a list of events; `expires` finds the rows that may be forgotten.
  `create table commands (
    id text primary key,
    fingerprint text not null,
    token text not null,
    lease integer not null,
    keep integer not null,
    until integer not null,
    expires integer not null,
    event_ids text,
    aggregate_id text,
    version integer
  ) strict, without rowid;
  create index commands_expires on commands (expires);`,
  // For how long a lease was claimed: one that holds for longer is from before the clock was set back.
  'alter table leases add column duration integer not null default 5000;',
  // What the framework says of an event, apart from the metadata, whose entries are the callers'.
  'alter table events add column marks text;',
  // What assigns events to segments; what was prepared before was assigned by the aggregate, if nothing else was said.
  `alter table read_models add column sequence_by text not null default 'aggregate';
  alter table read_models add column taken_over text not null default '[]';`,
  // Up to where events are older than a read model. It was the checkpoint of a segment beyond all others, plus one; 0
  // where it was not noted yet.
  `alter table read_models add column replay_until integer not null default 0;
  update read_models set replay_until = coalesce(
    (select position - 1 from checkpoints c where c.projection = name and c.version = read_models.version and c.segment = 1000), 0);
  delete from checkpoints where segment = 1000;`,
  // `retry` counts how often a try was asked for; up to which of these requests one has answered. What the owner of a
  // lease says of its subscriber.
  `alter table dead_letters add column answered integer not null default 0;
  alter table leases add column note text;`,
  // Who wants a share of the segments of a version. Before, segments beyond all others were claimed to be seen.
  `create table members (
    projection text not null,
    version integer not null,
    owner text not null,
    until integer not null,
    duration integer not null,
    primary key (projection, version, owner)
  ) strict, without rowid;
  delete from leases where segment >= 1000;`,
];

function numbered(count: number, line: (n: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => line(index + 1));
}

/**
 * Refuses a file that this version of the package must not touch, without changing it. @throws SqliteFileForeignError,
 * SqliteFileNewerError
 */
export function checkSchema(connection: SqliteConnection, file: string): void {
  // What is looked at must be of one moment: another process may be making the file.
  inTransaction(connection, 'begin', () => schemaVersion(connection, file));
}

/**
 * Brings the file to the present schema, inside the lock, so that several processes can start at once. Leaves a file as
 * it is that is there.
 */
export function migrate(connection: SqliteConnection, file: string): void {
  connection.exec('begin immediate');
  try {
    const version = schemaVersion(connection, file);
    for (const step of MIGRATIONS.slice(version)) connection.exec(step);
    // Also where nothing has changed: in a read-only file the transaction begins, and only its first write fails.
    connection.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${MIGRATIONS.length}`);
    if (version < MIGRATIONS.length) connection.exec('commit');
  } finally {
    // Of no effect after the commit.
    rollBack(connection);
  }
}

function schemaVersion(connection: SqliteConnection, file: string): number {
  const version = pragma(connection, 'user_version');
  if (pragma(connection, 'application_id') === APPLICATION_ID) {
    if (version > MIGRATIONS.length) throw new SqliteFileNewerError(file, version, MIGRATIONS.length);
  } else if (version !== 0 || connection.prepare('select 1 from sqlite_schema').get() !== undefined) {
    throw new SqliteFileForeignError(file);
  }
  return version;
}

const pragma = (connection: SqliteConnection, name: string): number =>
  (connection.prepare(`pragma ${name}`).get() as Record<string, number>)[name]!;
