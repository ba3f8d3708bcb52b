import type { StoreNames } from './names';

/**
 * Creates the tables for the inputs, commands and deadlines of processes. Entries ascend, so that new rows come at the
 * end of the indexes by entry. Partial indexes contain only the commands that are to be sent and the deadlines that can
 * come due; rows that are done or held are not in them.
 */
export const processTables = (
  names: StoreNames,
): string => `create sequence if not exists ${names.of('process_entries')} as bigint cache 1;

create table if not exists ${names.of('process_inputs')} (
  process  text collate "C" not null,
  entry    bigint not null default nextval('${names.of('process_entries')}'),
  id       text collate "C" not null,
  instance text collate "C" not null,
  hash     bigint not null,
  run      integer not null,
  kind     text collate "C" not null,
  position bigint,
  content  jsonb,
  status   text collate "C" not null,
  note     text collate "C",
  at       timestamptz(3) not null,
  constraint ${names.local('inputs_key')} primary key (process, entry),
  constraint ${names.local('inputs_id')} unique (process, id)
);

create index if not exists ${names.local('inputs_instance')} on ${names.of('process_inputs')} (process, instance, entry);

create table if not exists ${names.of('process_outputs')} (
  process  text collate "C" not null,
  entry    bigint not null default nextval('${names.of('process_entries')}'),
  id       text collate "C" not null,
  instance text collate "C" not null,
  hash     bigint not null,
  run      integer not null,
  input    text collate "C" not null,
  content  jsonb not null,
  status   text collate "C" not null,
  note     text collate "C",
  at       timestamptz(3) not null,
  held     boolean not null default false,
  constraint ${names.local('outputs_key')} primary key (process, entry),
  constraint ${names.local('outputs_id')} unique (process, id)
);

create index if not exists ${names.local('outputs_instance')} on ${names.of('process_outputs')} (process, instance, entry);
create index if not exists ${names.local('outputs_pending')} on ${names.of('process_outputs')} (process, entry)
  where status = 'pending' and not held;

create table if not exists ${names.of('process_deadlines')} (
  process  text collate "C" not null,
  instance text collate "C" not null,
  key      text collate "C" not null,
  entry    bigint not null default nextval('${names.of('process_entries')}'),
  hash     bigint not null,
  id       text collate "C" not null,
  run      integer not null,
  due_at   bigint not null,
  content  jsonb,
  held     boolean not null default false,
  constraint ${names.local('deadlines_key')} primary key (process, instance, key)
);

create index if not exists ${names.local('deadlines_due')} on ${names.of('process_deadlines')} (process, due_at, entry)
  where not held;`;
