import { KEY_COLUMNS } from '../../../store';

/** Streams have numbers, so that the rows of events hold no names. */
export const EVENT_TABLES = `
  create table streams (
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
    marks text,
    unique (stream, version)
  ) strict;`;

/** By name instead of by stream number: a file can also hold snapshots of events in another store. */
export const SNAPSHOT_TABLE = `
  create table snapshots (
    aggregate_name text not null,
    aggregate_id text not null,
    version integer not null check (version > 0),
    event_id text not null,
    schema_version integer not null,
    state text not null,
    recorded_at text not null,
    unique (aggregate_name, aggregate_id)
  ) strict;`;

/** A command is done when it has a list of events; `expires` finds the rows to delete. */
export const COMMAND_TABLE = `
  create table commands (
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
  create index commands_expires on commands (expires);`;

/**
 * The indexed fields of a read model are in columns of their own, as texts that sort, so that no read model needs an
 * index of its own.
 */
export const READ_MODEL_TABLES = `
  create table read_models (
    name text not null,
    version integer not null,
    indexes text not null,
    revision integer not null default 1,
    segments integer not null default 1,
    sequence_by text not null default 'aggregate',
    taken_over text not null default '[]',
    replay_until integer not null default 0,
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
    ${KEY_COLUMNS.map(key => `${key} text`).join(',\n    ')},
    primary key (read_model, version, id)
  ) strict;
  ${KEY_COLUMNS.map(key => `create index documents_${key} on documents (read_model, version, ${key}, id) where ${key} is not null;`).join('\n  ')}`;

/**
 * The checkpoints of segments, their owners, and the processes that want a share. A lease that holds for longer than
 * its duration was written before the clock was set back.
 */
export const SEGMENT_TABLES = `
  create table checkpoints (
    projection text not null,
    version integer not null,
    segment integer not null,
    position integer not null,
    primary key (projection, version, segment)
  ) strict, without rowid;
  create table leases (
    projection text not null,
    version integer not null,
    segment integer not null,
    owner text,
    until integer not null,
    fence integer not null,
    duration integer not null default 5000,
    note text,
    primary key (projection, version, segment)
  ) strict, without rowid;
  create table members (
    projection text not null,
    version integer not null,
    owner text not null,
    until integer not null,
    duration integer not null,
    primary key (projection, version, owner)
  ) strict, without rowid;`;

/**
 * The inputs, commands and deadlines of processes. Entries ascend and are never reused, so new rows come at the end of
 * the table. Partial indexes contain only the commands that are to be sent and the deadlines that can come due; rows
 * that are done or held are not in them.
 */
export const PROCESS_TABLES = `
  create table process_inputs (
    entry integer primary key autoincrement,
    process text not null,
    id text not null,
    instance text not null,
    hash integer not null,
    run integer not null,
    kind text not null,
    position integer,
    content text,
    status text not null,
    note text,
    at text not null,
    unique (process, id)
  ) strict;
  create index process_inputs_entry on process_inputs (process, entry);
  create index process_inputs_instance on process_inputs (process, instance, entry);
  create table process_outputs (
    entry integer primary key autoincrement,
    process text not null,
    id text not null,
    instance text not null,
    hash integer not null,
    run integer not null,
    input text not null,
    content text not null,
    status text not null,
    note text,
    at text not null,
    held integer not null,
    unique (process, id)
  ) strict;
  create index process_outputs_entry on process_outputs (process, entry);
  create index process_outputs_instance on process_outputs (process, instance, entry);
  create index process_outputs_pending on process_outputs (process, entry) where status = 'pending' and not held;
  create table process_deadlines (
    entry integer primary key autoincrement,
    process text not null,
    instance text not null,
    key text not null,
    hash integer not null,
    id text not null,
    run integer not null,
    due_at integer not null,
    content text,
    held integer not null,
    unique (process, instance, key)
  ) strict;
  create index process_deadlines_due on process_deadlines (process, due_at, entry) where not held;`;

/** `retry` counts the requested retries; `answered` is the last request that was answered. */
export const DEAD_LETTER_TABLE = `
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
    answered integer not null default 0,
    primary key (projection, version, position)
  ) strict;
  create index dead_letters_sequence on dead_letters (projection, version, sequence, position);`;
