import { KEY_COLUMNS } from '../../../store';
import type { StoreNames } from './names';

/**
 * Makes the table of the versions of read models. The state is in the row of the version: what is decided on it is
 * decided under the row's lock. Readers see one version of a name at most.
 */
export const readModelTable = (names: StoreNames): string => `create table if not exists ${names.of('read_models')} (
  name         text collate "C" not null,
  version      integer not null,
  indexes      text collate "C" not null,
  revision     integer not null default 1,
  segments     integer not null default 1,
  sequence_by  text collate "C" not null default 'aggregate',
  taken_over   text collate "C" not null default '[]',
  state        text collate "C" not null default 'filling' check (state in ('filling', 'active', 'closed')),
  replay_until bigint not null default 0,
  constraint ${names.local('models_key')} primary key (name, version)
);

create unique index if not exists ${names.local('models_active')} on ${names.of('read_models')} (name) where state = 'active';`;

/**
 * Makes the table of documents. What a read model is searched by is kept in columns of its own, as texts that sort: no
 * read model needs an index of its own, and with it the right to make one. A page of events may write every document of
 * a page of the table: where the new ones fit beside the old, no index is touched (HOT).
 */
export const documentTable = (names: StoreNames): string => `create table if not exists ${names.of('documents')} (
  read_model text collate "C" not null,
  version    integer not null,
  id         text collate "C" not null,
  document   jsonb not null,
${KEY_COLUMNS.map(key => `  ${key}       text collate "C",`).join('\n')}
  constraint ${names.local('documents_key')} primary key (read_model, version, id)
) with (fillfactor = 50);

${KEY_COLUMNS.map(
  key => `create index if not exists ${names.local(`documents_${key}`)}
  on ${names.of('documents')} (read_model, version, ${key}, id) where ${key} is not null;`,
).join('\n')}`;

/**
 * Makes the tables of segments: where each stands, who has it, and who wants a share. Leases have rows of their own:
 * renewing one does not touch the checkpoint, which commits are moving. One that holds for longer than it was claimed
 * for is from before the clock of the server was set back.
 */
export const segmentTables = (names: StoreNames): string => `create table if not exists ${names.of('checkpoints')} (
  projection text collate "C" not null,
  version    integer not null,
  segment    integer not null,
  position   bigint not null,
  constraint ${names.local('checks_key')} primary key (projection, version, segment)
) with (fillfactor = 50);

create table if not exists ${names.of('leases')} (
  projection  text collate "C" not null,
  version     integer not null,
  segment     integer not null,
  owner       text collate "C",
  lease_until timestamptz not null,
  fence       bigint not null,
  duration    integer not null default 5000,
  note        text collate "C",
  constraint ${names.local('leases_key')} primary key (projection, version, segment)
) with (fillfactor = 50);

create table if not exists ${names.of('members')} (
  projection  text collate "C" not null,
  version     integer not null,
  owner       text collate "C" not null,
  lease_until timestamptz not null,
  duration    integer not null,
  constraint ${names.local('members_key')} primary key (projection, version, owner)
) with (fillfactor = 50);`;

/**
 * Makes the table of dead letters. `retry` counts how often a try was asked for. A try answers the requests that it
 * knew of, and not one that comes while it is under way.
 */
export const deadLetterTable = (names: StoreNames): string => `create table if not exists ${names.of('dead_letters')} (
  projection text collate "C" not null,
  version    integer not null,
  position   bigint not null,
  segment    integer not null,
  sequence   text collate "C" not null,
  error      text collate "C",
  attempts   integer not null,
  retry      integer not null,
  parked_at  timestamptz(3) not null,
  answered   integer not null default 0,
  constraint ${names.local('letters_key')} primary key (projection, version, position)
);

create index if not exists ${names.local('letters_sequence')}
  on ${names.of('dead_letters')} (projection, version, sequence, position);`;
