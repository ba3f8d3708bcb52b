import {
  aBoolean,
  aClock,
  aLogger,
  type Check,
  type Clock,
  consoleLogger,
  integer,
  type Logger,
  must,
  type OptionChecks,
  oneOf,
  optionFaults,
  withMethods,
} from '../../../messages';
import { PostgresOptionsError } from '../errors';
import { isIdentifier, isPrefix, MAX_PREFIX, StoreNames } from '../schema/names';
import type { PostgresPool } from './driver';
import { RETRY_FOR_MS } from './retry';

/** What a store does about missing tables: `auto` creates them, `check` only reports them, `off` does not check. */
export type Migrate = 'auto' | 'check' | 'off';

/** The schema of a store and the names of its tables. */
export interface PostgresSchemaOptions {
  /** The schema, in lower case, created if it is missing. Default `public`. */
  readonly schema?: string;
  /** The prefix of the names of all tables and functions. Default `eventuality_`. */
  readonly tablePrefix?: string;
}

/** Options of `postgres(...)`: a connection string or a pool, and what differs from the defaults. */
export interface PostgresOptions extends PostgresSchemaOptions {
  /** `postgres://user:password@host:port/database`. The store then creates its own pool and ends it in `close()`. */
  readonly connectionString?: string;
  /** An existing pool of `pg`; `close()` leaves it open. */
  readonly pool?: PostgresPool;
  /** Default `auto`. */
  readonly migrate?: Migrate;
  /**
   * The maximum size of the payload, the metadata and the marks of one event, each as JSON, in bytes; 1 to 67,108,864.
   * Default 1,048,576.
   */
  readonly maxPayloadBytes?: number;
  /** The maximum number of connections of the store's own pool; from 2. Default 10. */
  readonly maxConnections?: number;
  /** How long the store's own pool waits for a new connection, in milliseconds. Default 5,000. */
  readonly connectTimeout?: number;
  /**
   * How long appends and reads are retried after a lost connection, in milliseconds; 0 turns retries off. Default
   * 10,000.
   */
  readonly retryFor?: number;
  /**
   * How often subscribers look for appends of other processes, in milliseconds; the store's own appends wake them
   * immediately. While nothing comes, the interval grows to a tenth of that time, to ten times this at most. Default
   * 20.
   */
  readonly pollEvery?: number;
  /**
   * `false` for poolers that share sessions between transactions and do not support prepared statements. Default
   * `true`.
   */
  readonly preparedStatements?: boolean;
  /** The source of `recordedAt` and of the leases of commands. Default: the clock of the database. */
  readonly clock?: Clock;
  /** Receives lost connections. Default: the console. */
  readonly logger?: Logger;
}

/** The options, completed and checked. */
export interface PostgresSettings {
  readonly names: StoreNames;
  readonly connectionString: string | undefined;
  readonly pool: PostgresPool | undefined;
  readonly migrate: Migrate;
  readonly maxPayloadBytes: number;
  readonly maxConnections: number;
  readonly connectTimeout: number;
  readonly retryFor: number;
  readonly pollEvery: number;
  readonly preparedStatements: boolean;
  readonly clock: Clock | undefined;
  readonly logger: Logger;
}

/**
 * The maximum size of one append as JSON, in bytes: PostgreSQL takes 255 MB as one value, and all of it passes through
 * memory.
 */
export const MAX_APPEND_BYTES = 64 * 1024 * 1024;

const SCHEMA_OPTIONS: OptionChecks<PostgresSchemaOptions> = {
  schema: must('text of at most 63 characters that matches [a-z_][a-z0-9_]*', isIdentifier),
  tablePrefix: must(`text of at most ${MAX_PREFIX} characters that matches [a-z_][a-z0-9_]*`, isPrefix),
};

/** Not printed, because it contains a password. */
const aConnectionString: Check = (value, path, faults) => {
  if (!isConnectionString(value)) faults.push(`${path} must begin with postgres:// or postgresql://.`);
};

const OPTIONS: OptionChecks<PostgresOptions> = {
  ...SCHEMA_OPTIONS,
  connectionString: aConnectionString,
  pool: withMethods(['query', 'connect'], "give a pool of 'pg'"),
  migrate: oneOf('auto', 'check', 'off'),
  maxPayloadBytes: integer(1, MAX_APPEND_BYTES),
  maxConnections: integer(2, 1000),
  connectTimeout: integer(1, 600_000),
  retryFor: integer(0, 600_000),
  pollEvery: integer(1, 60_000),
  preparedStatements: aBoolean,
  clock: aClock,
  logger: aLogger,
};

/** Completes the options. @throws PostgresOptionsError with all faults */
export function checkedOptions(options: PostgresOptions): PostgresSettings {
  const faults = optionFaults(options, OPTIONS);
  const { connectionString, pool, ...given } = options ?? {};
  if ((connectionString === undefined) === (pool === undefined)) faults.push('give either connectionString or pool.');
  if (faults.length > 0) throw new PostgresOptionsError(faults);
  return {
    names: namesOf(given),
    ...{ connectionString, pool, clock: given.clock, logger: given.logger ?? consoleLogger },
    ...{ migrate: given.migrate ?? 'auto', preparedStatements: given.preparedStatements ?? true },
    ...{ maxPayloadBytes: given.maxPayloadBytes ?? 1024 * 1024, maxConnections: given.maxConnections ?? 10 },
    ...{
      connectTimeout: given.connectTimeout ?? 5000,
      retryFor: given.retryFor ?? RETRY_FOR_MS,
      pollEvery: given.pollEvery ?? 20,
    },
  };
}

/** Completes the names of the tables. @throws PostgresOptionsError with all faults */
export function checkedNames(options: PostgresSchemaOptions): StoreNames {
  const faults = optionFaults(options, SCHEMA_OPTIONS);
  if (faults.length > 0) throw new PostgresOptionsError(faults);
  return namesOf(options);
}

const namesOf = ({ schema = 'public', tablePrefix = 'eventuality_' }: PostgresSchemaOptions): StoreNames =>
  new StoreNames(schema, tablePrefix);

function isConnectionString(value: unknown): boolean {
  return typeof value === 'string' && /^postgres(ql)?:\/\//.test(value);
}
