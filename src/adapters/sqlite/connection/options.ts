import { resolve } from 'node:path';
import {
  aBoolean,
  aClock,
  type Clock,
  integer,
  must,
  type OptionChecks,
  oneOf,
  optionFaults,
  shownValue,
  systemClock,
} from '../../../messages';
import { SqliteOptionsError } from '../errors';
import type { SqliteDriver } from './driver';
import { DRIVERS, type SqliteDriverName } from './load-driver';
import { BUSY_TIMEOUT_MS } from './retry';

/** Options of `sqlite(file, options)`; each has a default. */
export interface SqliteOptions {
  /**
   * The SQLite library: a name, or an object of your own. Default: `node:sqlite` if Node has it (22.13), else
   * `better-sqlite3` or `@photostructure/sqlite`, whichever is installed.
   */
  readonly driver?: SqliteDriverName | SqliteDriver;
  /** Whether a file that is missing is created; `false` refuses it, for programs that only read. Default true. */
  readonly create?: boolean;
  /**
   * `full`: an acknowledged append survives a power failure. `normal`: it survives the end of the process, but a power
   * failure may lose the latest ones; faster. Default `full`.
   */
  readonly synchronous?: 'full' | 'normal';
  /**
   * How long to wait for another process that holds the lock on the file, in milliseconds; 0 does not wait. Default
   * 5,000.
   */
  readonly busyTimeout?: number;
  /** How often to look for appends of other processes while there are subscribers, in milliseconds. Default 25. */
  readonly pollEvery?: number;
  /**
   * The maximum size of the payload, the metadata and the marks of one event, each as JSON, in bytes; at most
   * 67,108,864. Default 1,048,576.
   */
  readonly maxPayloadBytes?: number;
  /** The source of `recordedAt` and of the ends of leases. Default: the system clock. */
  readonly clock?: Clock;
}

/** The options, completed and checked. */
export interface SqliteSettings {
  /** Absolute path, or `:memory:`. */
  readonly file: string;
  readonly driver: SqliteDriverName | SqliteDriver | undefined;
  readonly create: boolean;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeout: number;
  readonly pollEvery: number;
  readonly maxPayloadBytes: number;
  readonly clock: Clock;
}

/** The name of a database without a file. */
export const IN_MEMORY = ':memory:';

const OPTIONS: OptionChecks<SqliteOptions> = {
  driver: must(`${DRIVERS.map(name => `'${name}'`).join(', ')}, or an object with open(file)`, isDriver),
  create: aBoolean,
  synchronous: oneOf('full', 'normal'),
  busyTimeout: integer(0, 600_000),
  pollEvery: integer(1, 60_000),
  maxPayloadBytes: integer(1, 64 * 1024 * 1024),
  clock: aClock,
};

/** Completes the options. @throws SqliteOptionsError with all faults */
export function checkedOptions(file: string, options: SqliteOptions = {}): SqliteSettings {
  const faults: string[] = [];
  checkFile(file, faults);
  faults.push(...optionFaults(options, OPTIONS));
  if (faults.length > 0) throw new SqliteOptionsError(faults);
  const { driver, create = true, synchronous = 'full', clock = systemClock } = options;
  const { busyTimeout = BUSY_TIMEOUT_MS, pollEvery = 25, maxPayloadBytes = 1024 * 1024 } = options;
  return {
    file: file === IN_MEMORY ? file : resolve(file),
    driver,
    create,
    synchronous,
    busyTimeout,
    pollEvery,
    maxPayloadBytes,
    clock,
  };
}

function checkFile(file: unknown, faults: string[]): void {
  if (typeof file !== 'string' || file.trim() === '' || file.includes('\0')) {
    faults.push(`file is ${shownValue(file)}; it must be a path, or '${IN_MEMORY}'.`);
  } else if (file.startsWith('file:')) {
    faults.push(`file is ${shownValue(file)}; it must be a path, not a URL.`);
  }
}

function isDriver(driver: unknown): boolean {
  if (DRIVERS.some(name => name === driver)) return true;
  return typeof driver === 'object' && driver !== null && typeof (driver as Partial<SqliteDriver>).open === 'function';
}
