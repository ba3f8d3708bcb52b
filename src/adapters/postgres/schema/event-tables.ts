import type { StoreNames } from './names';

/**
 * Creates the sequence of positions and the tables of streams and events. The sequence has no cache: cached numbers
 * would be used long after the in-flight lock was taken. Text is compared byte by byte (collate "C"): faster, and the
 * same on every server.
 */
export const eventTables = (
  names: StoreNames,
): string => `create sequence if not exists ${names.of('positions')} as bigint cache 1;

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
  marks          jsonb,
  constraint ${names.local('events_key')} primary key (position),
  constraint ${names.local('events_version')} unique (aggregate_name, aggregate_id, version),
  constraint ${names.local('events_id')} unique (event_id)
);`;

/** Creates the table of snapshots. The state is text, not jsonb, so that its keys keep their order. */
export const snapshotTable = (names: StoreNames): string => `create table if not exists ${names.of('snapshots')} (
  aggregate_name text collate "C" not null,
  aggregate_id   text collate "C" not null,
  version        bigint not null,
  event_id       text collate "C" not null,
  schema_version integer not null,
  state          text collate "C" not null,
  recorded_at    timestamptz(3) not null,
  constraint ${names.local('snapshots_key')} primary key (aggregate_name, aggregate_id)
);`;
