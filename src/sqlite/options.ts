import { resolve } from 'node:path';
import { type Clock, knownNames, shownText, shownValue, systemClock } from '../messages';
import type { SqliteDriver } from './driver';
import { SqliteOptionsError } from './errors';
import { DRIVERS, type SqliteDriverName } from './load-driver';

/** What `sqlite(file, options)` takes; every option has a default. */
export interface SqliteOptions {
  /** The library to use: by name, or one of your own. Default: `node:sqlite` where Node has it (22.13), else `better-sqlite3`. */
  readonly driver?: SqliteDriverName | SqliteDriver;
  /**
   * `full`: an append that was answered survives a power cut. `normal`: it survives the end of the process, but a power cut may take
   * the last ones; faster. Default `full`.
   */
  readonly synchronous?: 'full' | 'normal';
  /** How long to wait for another process that holds the lock on the file, in milliseconds; 0: not at all. Default 5,000. */
  readonly busyTimeout?: number;
  /** How often to look for what other processes appended while somebody follows, in milliseconds. Default 25. */
  readonly pollEvery?: number;
  /** The longest payload, metadata and marks, each, of one event as JSON, in bytes; at most 67,108,864. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /** What `recordedAt` and the end of leases are taken from. Default: the clock of the machine. */
  readonly clock?: Clock;
}

/** The options, filled in and checked. */
export interface SqliteSettings {
  /** Absolute path, or `:memory:`. */
  readonly file: string;
  readonly driver: SqliteDriverName | SqliteDriver | undefined;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeout: number;
  readonly pollEvery: number;
  readonly maxPayloadBytes: number;
  readonly clock: Clock;
}

/** The name of a database without a file. */
export const IN_MEMORY = ':memory:';

const NAMES: readonly string[] = ['driver', 'synchronous', 'busyTimeout', 'pollEvery', 'maxPayloadBytes', 'clock'];

/** Fills in the options. @throws SqliteOptionsError with all faults */
export function checkedOptions(file: string, options: SqliteOptions = {}): SqliteSettings {
  const faults: string[] = [];
  checkFile(file, faults);
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) faults.push(`'${shownText(name)}' is no option. ${knownNames(name, NAMES)}`);
  }
  const { driver, synchronous = 'full', clock = systemClock } = options;
  if (!isDriver(driver))
    faults.push(`driver is ${shownValue(driver)}; it must be ${DRIVERS.map(shownValue).join(', ')}, or an object with open(file).`);
  if (synchronous !== 'full' && synchronous !== 'normal')
    faults.push(`synchronous is ${shownValue(synchronous)}; it must be 'full' or 'normal'.`);
  if (typeof clock?.now !== 'function') faults.push('clock must have a function now().');
  const number = (name: keyof SqliteOptions, value: unknown, least: number, most: number): number => {
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    faults.push(`${name} is ${shownValue(value)}; it must be an integer from ${least} to ${most}.`);
    return least;
  };
  const settings = {
    ...{ driver, synchronous, clock },
    busyTimeout: number('busyTimeout', options.busyTimeout ?? 5000, 0, 600_000),
    pollEvery: number('pollEvery', options.pollEvery ?? 25, 1, 60_000),
    maxPayloadBytes: number('maxPayloadBytes', options.maxPayloadBytes ?? 1024 * 1024, 1, 64 * 1024 * 1024),
  };
  if (faults.length > 0) throw new SqliteOptionsError(faults);
  return { ...settings, file: file === IN_MEMORY ? file : resolve(file) };
}

function checkFile(file: unknown, faults: string[]): void {
  if (typeof file !== 'string' || file.trim() === '' || file.includes('\0')) {
    faults.push(`file is ${shownValue(file)}; it must be a path, or '${IN_MEMORY}'.`);
  } else if (file.startsWith('file:')) {
    faults.push(`file is ${shownValue(file)}; it must be a path, not a URL.`);
  }
}

function isDriver(driver: unknown): boolean {
  if (driver === undefined || DRIVERS.some(name => name === driver)) return true;
  return typeof driver === 'object' && driver !== null && typeof (driver as Partial<SqliteDriver>).open === 'function';
}
