import { type Clock, consoleLogger, type Logger, shownValue } from '../messages';
import type { PostgresPool } from './driver';
import { PostgresOptionsError } from './errors';
import { isIdentifier, isPrefix, StoreNames } from './names';

/** Which of its tables a store makes on its own: all that are missing, none but it looks, or none and it does not look either. */
export type Migrate = 'auto' | 'check' | 'off';

/** Where a store keeps its tables and what they are called. */
export interface PostgresSchemaOptions {
  /** The schema, lower case; it is made when it is missing. Default `public`. */
  readonly schema?: string;
  /** What stands before the name of every table and function. Default `eventuality_`. */
  readonly tablePrefix?: string;
}

/** What `postgres(...)` takes: a connection string or a pool, and what differs from the defaults. */
export interface PostgresOptions extends PostgresSchemaOptions {
  /** `postgres://user:password@host:port/database`; the store then has a pool of its own and ends it in `close()`. */
  readonly connectionString?: string;
  /** A pool of `pg` that you keep: `close()` leaves it open. */
  readonly pool?: PostgresPool;
  /** Default `auto`. */
  readonly migrate?: Migrate;
  /** The longest payload, metadata and marks, each, of one event as JSON, in bytes; 1 to 67,108,864. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /** How many connections a pool of the store's own opens at most; from 2. Default 10. */
  readonly maxConnections?: number;
  /** How long to wait for a new connection, in milliseconds. Default 5,000. Only for a pool of the store's own. */
  readonly connectTimeout?: number;
  /** How long an append or a read whose connection was lost is tried again, in milliseconds; 0: not at all. Default 10,000. */
  readonly retryFor?: number;
  /** How often followers ask for what others appended, in milliseconds; own appends wake them at once. Default 20. */
  readonly pollEvery?: number;
  /** `false` for poolers that share sessions between transactions and know no prepared statements. Default `true`. */
  readonly preparedStatements?: boolean;
  /** What `recordedAt` is taken from. Default: the clock of the database. */
  readonly clock?: Clock;
  /** Receives lost connections. Default: the console. */
  readonly logger?: Logger;
}

/** The options, filled in and checked. */
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

/** The most that one append may weigh as JSON, in bytes: PostgreSQL takes 255 MB as one value, and all of it passes through memory. */
export const MOST_APPEND_BYTES = 64 * 1024 * 1024;

/** Fills in the options. @throws PostgresOptionsError with all faults */
export function checkedOptions(options: PostgresOptions): PostgresSettings {
  const faults: string[] = [];
  const names = checkedNames(options, faults);
  const { connectionString, pool, migrate = 'auto', preparedStatements = true } = options;
  if ((connectionString === undefined) === (pool === undefined)) {
    faults.push('give either connectionString or pool.');
  } else if (pool === undefined ? !isConnectionString(connectionString) : typeof pool?.query !== 'function') {
    faults.push(pool === undefined ? 'connectionString must begin with postgres:// or postgresql://.' : `pool must be a pool of 'pg'.`);
  }
  if (!['auto', 'check', 'off'].includes(migrate)) faults.push(`migrate is '${migrate}'; it must be 'auto', 'check' or 'off'.`);
  if (typeof preparedStatements !== 'boolean') faults.push('preparedStatements must be true or false.');
  const number = (name: keyof PostgresOptions, given: unknown, least: number, most: number): number => {
    if (Number.isSafeInteger(given) && (given as number) >= least && (given as number) <= most) return given as number;
    faults.push(`${name} is ${shownValue(given)}; it must be an integer from ${least} to ${most}.`);
    return least;
  };
  const settings = {
    ...{ names, connectionString, pool, migrate, preparedStatements },
    clock: options.clock,
    logger: options.logger ?? consoleLogger,
    maxPayloadBytes: number('maxPayloadBytes', options.maxPayloadBytes ?? 1024 * 1024, 1, MOST_APPEND_BYTES),
    maxConnections: number('maxConnections', options.maxConnections ?? 10, 2, 1000),
    connectTimeout: number('connectTimeout', options.connectTimeout ?? 5000, 1, 600_000),
    retryFor: number('retryFor', options.retryFor ?? 10_000, 0, 600_000),
    pollEvery: number('pollEvery', options.pollEvery ?? 20, 1, 60_000),
  };
  if (faults.length > 0) throw new PostgresOptionsError(faults);
  return settings;
}

/** Fills in what the tables are called; faults are added to the list given. */
export function checkedNames({ schema = 'public', tablePrefix = 'eventuality_' }: PostgresSchemaOptions, faults: string[]): StoreNames {
  if (!isIdentifier(schema)) faults.push(`schema is ${shownValue(schema)}; it must match [a-z_][a-z0-9_]*, 63 characters at most.`);
  if (!isPrefix(tablePrefix))
    faults.push(`tablePrefix is ${shownValue(tablePrefix)}; it must match [a-z_][a-z0-9_]*, 49 characters at most.`);
  return new StoreNames(schema, tablePrefix);
}

function isConnectionString(value: unknown): boolean {
  return typeof value === 'string' && /^postgres(ql)?:\/\//.test(value);
}
