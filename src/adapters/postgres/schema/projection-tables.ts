import { KEY_COLUMNS } from '../../../store';
import type { StoreNames } from './names';

/**
 * Creates the table of the versions of read models. The state is in the row of the version, so decisions about it are
 * made under the row's lock. Readers see at most one version of a name.
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
 * Creates the table of documents. Indexed fields are in columns of their own, as texts that sort, so that no read model
 * needs an index of its own, nor the privilege to create one. A page of events may write every document of a page of
 * the table: if the new rows fit beside the old ones, no index is touched (HOT).
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
 * Creates the tables of segments: their checkpoints, their owners, and the processes that want a share. Leases have
 * rows of their own, so that renewing one does not touch the checkpoint, which commits move. A lease that holds for
 * longer than its duration was written before the server's clock was set back.
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
 * Creates the table of dead letters. `retry` counts the requested retries. An attempt answers the requests that it knew
 * of, and not one that arrives while it is running.
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
