import { appendExpectedFunction } from './append-expected-function';
import { appendFunction } from './append-function';
import { appendOneFunction } from './append-one-function';
import { appendClaimedFunction, claimFunction, commandTable } from './command-functions';
import { horizonFunction } from './horizon-function';
import type { StoreNames } from './names';
import { readStreamFunction, readStreamsFunction } from './read-streams-function';

/** One step of the schema. Every statement can be run again without harm. */
export interface Migration {
  readonly number: number;
  readonly title: string;
  readonly sql: (names: StoreNames) => string;
}

/** All steps in order. A published step is never changed: what changes later is a step of its own. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, title: 'events and streams', sql: tables },
  { number: 2, title: 'append and horizon', sql: names => `${appendFunction(names)}\n\n${horizonFunction(names)}` },
  { number: 3, title: 'snapshots', sql: snapshots },
  { number: 4, title: 'lone events, reads of streams, plans that are kept', sql: functions },
  { number: 5, title: 'read models and checkpoints', sql: readModels },
  { number: 6, title: 'revisions, leases and dead letters', sql: following },
  { number: 7, title: 'appends at known versions', sql: appendExpectedFunction },
  { number: 8, title: 'reads of one stream', sql: readStreamFunction },
  { number: 9, title: 'for how long a lease was claimed', sql: leaseDurations },
  { number: 10, title: 'in-flight locks that no two stores share', sql: inFlightLocks },
  { number: 11, title: 'commands', sql: commands },
  { number: 12, title: 'marks of events', sql: marks },
  { number: 13, title: 'what assigns events to segments', sql: assignments },
  { number: 14, title: 'room for updates of documents', sql: documentRoom },
  { number: 15, title: 'which versions readers see, and which take nothing more', sql: versionStates },
  {
    number: 16,
    title: 'which requests to try again were answered, and what owners of leases say',
    sql: answersAndNotes,
  },
  { number: 17, title: 'who wants a share of the segments', sql: members },
];

function commands(names: StoreNames): string {
  return [commandTable(names), claimFunction(names), appendClaimedFunction(names)].join('\n\n');
}

function functions(names: StoreNames): string {
  return [appendFunction(names), appendOneFunction(names), readStreamsFunction(names)].join('\n\n');
}

/** The migration that this version of the package needs. */
export const NEWEST = MIGRATIONS.at(-1)!.number;

// Positions come from a sequence without cache: a cached block would be handed out long after the in-flight lock was
// taken. Text is compared byte by byte (collate "C"): faster, and the same on every server.
function tables(names: StoreNames): string {
  return `create sequence if not exists ${names.of('positions')} as bigint cache 1;

create table if not exists ${names.of('streams')} (
  aggregate_name text collate "C" not null,
  aggregate_id   text collate "C" not null,
  version        bigint not null,
  constraint ${names.local('streams_key')} primary key (aggregate_name, aggregate_id)
) with (fillfactor = 80);

create table if not exists ${names.of('events')} (
  position       bigint not null,
  aggregate_name text collate "C" not null,
  aggregate_id   text collate "C" not null,
  version        bigint not null,
  event_id       uuid not null,
  name           text collate "C" not null,
  schema_version integer not null,
  payload        jsonb not null,
  metadata       jsonb not null,
  recorded_at    timestamptz(3) not null,
  constraint ${names.local('events_key')} primary key (position),
  constraint ${names.local('events_version')} unique (aggregate_name, aggregate_id, version),
  constraint ${names.local('events_id')} unique (event_id)
);`;
}

// A function with another list of parameters is another function: those without marks go.
function marks(names: StoreNames): string {
  const before =
    'text[], text[], bigint[], boolean[], integer[], integer[], bigint[], integer[], integer[], text[], text[], uuid[], text[], integer[], ' +
    'jsonb, jsonb, boolean, boolean, bigint';
  return [
    `alter table ${names.of('events')} add column if not exists marks jsonb;`,
    `drop function if exists ${names.of('append')}(${before});`,
    `drop function if exists ${names.of('append_claimed')}(text[], text[], integer[], integer[], integer[], ${before});`,
    ...[appendFunction(names), appendClaimedFunction(names), readStreamsFunction(names), readStreamFunction(names)],
  ].join('\n\n');
}

// The state is text, not jsonb: it comes back as it was, the order of its keys included.
function snapshots(names: StoreNames): string {
  return `create table if not exists ${names.of('snapshots')} (
  aggregate_name text collate "C" not null,
  aggregate_id   text collate "C" not null,
  version        bigint not null,
  event_id       text collate "C" not null,
  schema_version integer not null,
  state          text collate "C" not null,
  recorded_at    timestamptz(3) not null,
  constraint ${names.local('snapshots_key')} primary key (aggregate_name, aggregate_id)
);`;
}

// What a read model is searched by is kept in columns of its own, as texts that sort: no read model needs an index of
// its own, and with it the right to make one.
function readModels(names: StoreNames): string {
  const keys = Array.from({ length: 8 }, (_, index) => `key${index + 1}`);
  return `create table if not exists ${names.of('read_models')} (
  name    text collate "C" not null,
  version integer not null,
  indexes text collate "C" not null,
  constraint ${names.local('models_key')} primary key (name, version)
);

create table if not exists ${names.of('active_models')} (
  name    text collate "C" not null,
  version integer not null,
  constraint ${names.local('active_key')} primary key (name)
);

create table if not exists ${names.of('documents')} (
  read_model text collate "C" not null,
  version    integer not null,
  id         text collate "C" not null,
  document   jsonb not null,
${keys.map(key => `  ${key}       text collate "C",`).join('\n')}
  constraint ${names.local('documents_key')} primary key (read_model, version, id)
) with (fillfactor = 85);

${keys
  .map(
    key => `create index if not exists ${names.local(`documents_${key}`)}
  on ${names.of('documents')} (read_model, version, ${key}, id) where ${key} is not null;`,
  )
  .join('\n')}

create table if not exists ${names.of('checkpoints')} (
  projection text collate "C" not null,
  version    integer not null,
  segment    integer not null,
  position   bigint not null,
  constraint ${names.local('checks_key')} primary key (projection, version, segment)
) with (fillfactor = 50);`;
}

// What was prepared before revisions and segments is of the first revision, in one segment. Leases have rows of their
// own: renewing one does not touch the checkpoint, which commits are moving.
function following(names: StoreNames): string {
  return `alter table ${names.of('read_models')}
  add column if not exists revision integer not null default 1,
  add column if not exists segments integer not null default 1;

create table if not exists ${names.of('leases')} (
  projection  text collate "C" not null,
  version     integer not null,
  segment     integer not null,
  owner       text collate "C",
  lease_until timestamptz not null,
  fence       bigint not null,
  constraint ${names.local('leases_key')} primary key (projection, version, segment)
) with (fillfactor = 50);

create table if not exists ${names.of('dead_letters')} (
  projection text collate "C" not null,
  version    integer not null,
  position   bigint not null,
  segment    integer not null,
  sequence   text collate "C" not null,
  error      text collate "C",
  attempts   integer not null,
  retry      boolean not null,
  parked_at  timestamptz(3) not null,
  constraint ${names.local('letters_key')} primary key (projection, version, position)
);

create index if not exists ${names.local('letters_sequence')}
  on ${names.of('dead_letters')} (projection, version, sequence, position);`;
}

// What was prepared before was assigned by the aggregate, if nothing else was said.
function assignments(names: StoreNames): string {
  return `alter table ${names.of('read_models')}
  add column if not exists sequence_by text collate "C" not null default 'aggregate',
  add column if not exists taken_over text collate "C" not null default '[]';`;
}

// A page of events may write every document of a page of the table: where the new ones fit beside the old, no index is
// touched (HOT).
function documentRoom(names: StoreNames): string {
  return `alter table ${names.of('documents')} set (fillfactor = 50);`;
}

function inFlightLocks(names: StoreNames): string {
  return [appendFunction(names), appendOneFunction(names), appendExpectedFunction(names), horizonFunction(names)].join(
    '\n\n',
  );
}

// A lease that holds for longer than it was claimed for is from before the clock of the server was set back.
function leaseDurations(names: StoreNames): string {
  return `alter table ${names.of('leases')} add column if not exists duration integer not null default 5000;`;
}

// The state is in the row of the version: what is decided on it is decided under the row's lock. Up to where events are
// older was the checkpoint of a segment beyond all others, plus one.
function versionStates(names: StoreNames): string {
  const [models, active, checkpoints] = [names.of('read_models'), names.of('active_models'), names.of('checkpoints')];
  return `create table if not exists ${active} (name text collate "C" not null, version integer not null);

alter table ${models}
  add column if not exists state text collate "C" not null default 'filling' check (state in ('filling', 'active', 'closed')),
  add column if not exists replay_until bigint not null default 0;

update ${models} m set state = case when m.version = a.version then 'active' when m.version < a.version then 'closed' else m.state end
from ${active} a where a.name = m.name;

update ${models} m set replay_until = c.position - 1
from ${checkpoints} c where c.projection = m.name and c.version = m.version and c.segment = 1000;

delete from ${checkpoints} where segment = 1000;

drop table ${active};

create unique index if not exists ${names.local('models_active')} on ${models} (name) where state = 'active';`;
}

// `retry` counts how often a try was asked for. A try answers the requests that it knew of, and not one that comes
// while it is under way.
function answersAndNotes(names: StoreNames): string {
  return `alter table ${names.of('dead_letters')}
  alter column retry type integer using retry::integer,
  add column if not exists answered integer not null default 0;

alter table ${names.of('leases')} add column if not exists note text collate "C";`;
}

// Before, segments beyond all others were claimed to be seen.
function members(names: StoreNames): string {
  return `create table if not exists ${names.of('members')} (
  projection  text collate "C" not null,
  version     integer not null,
  owner       text collate "C" not null,
  lease_until timestamptz not null,
  duration    integer not null,
  constraint ${names.local('members_key')} primary key (projection, version, owner)
) with (fillfactor = 50);

delete from ${names.of('leases')} where segment >= 1000;`;
}
