import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Print } from './log';
import { playWithProcesses } from './processes';
import { story } from './story';

/** A database server that runs until it is stopped. */
export interface Server {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Where the program prints, and where it finds PostgreSQL when it is given no address. */
export interface Surroundings {
  readonly out: Print;
  readonly err: Print;
  /** The address of a PostgreSQL server. */
  readonly url?: string | undefined;
  /** Starts a server where there is no address. */
  readonly startServer?: (() => Promise<Server>) | undefined;
  /** Aborted when the program is to end. */
  readonly signal?: AbortSignal;
}

/** A mistake in what was typed. */
class UsageError extends Error {}

const HELP = `npm run ordering                       plays a day in a shop, on SQLite, with virtual time
npm run ordering -- --file shop.db     keeps the events in that file; default a file that is removed at the end
npm run ordering -- --processes 3      plays it with 3 processes on PostgreSQL, and kills one of them
npm run ordering -- --processes 3 --url postgres://user:password@host:port/database
EVENTUALITY_POSTGRES_URL is another way to give the address. Without one, a server of the tests is started.`;

/** The exit code of a program that was interrupted: 128, and 2 for SIGINT. */
const INTERRUPTED = 130;

/** Runs the program; returns the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err, signal } = surroundings;
  try {
    const { help, processes, file, url } = optionsOf(args);
    if (help) out(HELP);
    else if (processes !== undefined) await playOnServer(processes, url, surroundings);
    else await playInFile(file, out, signal);
    return 0;
  } catch (error) {
    if (signal?.aborted) {
      err('It was interrupted.');
      return INTERRUPTED;
    }
    err(String((error as Error).message || error).replace(/\s+/g, ' '));
    return 1;
  }
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  processes: { type: 'string' },
  file: { type: 'string' },
  url: { type: 'string' },
} as const;

function optionsOf(args: readonly string[]): {
  help?: boolean;
  processes: number | undefined;
  file?: string;
  url?: string;
} {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { processes, file, url } = values;
  if (processes !== undefined && !/^[2-8]$/.test(processes))
    throw new UsageError(`--processes is '${processes}'; it must be a number from 2 to 8.`);
  if (processes !== undefined && file !== undefined)
    throw new UsageError('--file is of no use with --processes: several processes play on PostgreSQL.');
  if (processes === undefined && url !== undefined)
    throw new UsageError('--url is of no use without --processes: one process plays on SQLite.');
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url))
    throw new UsageError(`--url is '${url}'; it must be postgres://user:password@host:port/database.`);
  if (file !== undefined && existsSync(file))
    throw new UsageError(`'${file}' is there already; give a file that is not.`);
  return { ...values, processes: processes === undefined ? undefined : Number(processes) };
}

async function playInFile(file: string | undefined, out: Print, signal: AbortSignal | undefined): Promise<void> {
  if (file !== undefined) return story(out, file, signal);
  const folder = mkdtempSync(join(tmpdir(), 'eventuality-ordering-'));
  try {
    await story(out, join(folder, 'shop.db'), signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function playOnServer(processes: number, given: string | undefined, of: Surroundings): Promise<void> {
  const url = given ?? of.url;
  if (url !== undefined) return playWithProcesses(processes, url, of.out, of.signal);
  if (!of.startServer) throw new UsageError('Several processes need PostgreSQL: give its address with --url.');
  const server = await of.startServer();
  try {
    await playWithProcesses(processes, server.url, of.out, of.signal);
  } finally {
    await server.stop();
  }
}
