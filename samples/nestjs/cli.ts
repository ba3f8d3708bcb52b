import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import type { EventStore } from 'eventuality';
import { postgres } from 'eventuality/postgres';
import { sqlite } from 'eventuality/sqlite';
import { startShop } from './app';

/** Where the program prints, what it finds in its environment, and when it ends. */
export interface Surroundings {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** The address of a PostgreSQL server, for a shop that keeps its events there. */
  readonly url?: string | undefined;
  /** Aborted when the program is to end. */
  readonly signal: AbortSignal;
}

/** A mistake in what was typed. */
class UsageError extends Error {}

const HELP = `npm run nestjs                       opens a shop at http://127.0.0.1:3000, on SQLite
npm run nestjs -- --port 8080        at another port; 0 for one that is free
npm run nestjs -- --file shop.db     keeps the events in that file; default a file that is removed at the end
EVENTUALITY_POSTGRES_URL=postgres://user:password@host:port/database npm run nestjs
                                     keeps them in PostgreSQL, in the schema nestjs_sample`;

/** Runs the program until it is told to end; returns the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err } = surroundings;
  try {
    const { help, port, file } = optionsOf(args);
    if (help) out(HELP);
    else await serve(port, file, surroundings);
    return 0;
  } catch (error) {
    err(String((error as Error).message || error).replace(/\s+/g, ' '));
    return 1;
  }
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string', default: '3000' },
  file: { type: 'string' },
} as const;

function optionsOf(args: readonly string[]): { help?: boolean; port: number; file?: string } {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new UsageError(`--port is '${values.port}'; it must be a number from 0 to 65535.`);
  return { ...values, port: Number(values.port) };
}

async function serve(port: number, file: string | undefined, { out, url, signal }: Surroundings): Promise<void> {
  if (url !== undefined && file !== undefined)
    throw new UsageError('--file is of no use with EVENTUALITY_POSTGRES_URL: the events are kept in PostgreSQL.');
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url))
    throw new UsageError(
      `EVENTUALITY_POSTGRES_URL is '${url}'; it must be postgres://user:password@host:port/database.`,
    );
  const folder =
    url === undefined && file === undefined ? mkdtempSync(join(tmpdir(), 'eventuality-nestjs-')) : undefined;
  try {
    const app = await opened(storeOf(url, file ?? join(folder ?? '', 'shop.db')), port);
    out(calls(await app.getUrl()));
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    await app.close();
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const storeOf = (url: string | undefined, file: string): EventStore =>
  url === undefined ? sqlite(file) : postgres({ connectionString: url, schema: 'nestjs_sample' });

async function opened(store: EventStore, port: number): Promise<INestApplication> {
  try {
    return await startShop(store, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${port} is taken; give another one with --port.`);
  }
}

/** The shop's address, and lines to copy that call it. */
function calls(url: string): string {
  const as = (user: string): string => `-H 'Authorization: Bearer token-of-${user}'`;
  const json = (body: object): string => `-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const order = { id: 'o1', product: 'tea', pieces: 2, address: 'Vienna', payWithin: 1800 };
  return `The shop is open. Its API is described at ${url}/api. Staff add to the stock, and customers order and pay:
curl -i ${as('sue')} ${json({ product: 'tea', pieces: 10 })} ${url}/stock
curl -i ${as('ann')} ${json(order)} ${url}/orders
curl -i ${as('ann')} -X POST ${url}/orders/o1/payment
curl -i ${as('ann')} ${url}/orders/o1
curl -N ${as('ann')} ${url}/orders/live`;
}
