import { basename } from 'node:path';
import { Client, Pool, type PoolClient } from 'pg';
import type { RecordedEvent } from '../../src/messages';
import { type PostgresEventStore, type PostgresOptions, postgres } from '../../src/postgres';
import type { EventStore, NewEvent, StreamAppend, StreamName } from '../../src/store';

/** The server that all these tests use; see `tests/setup`. */
export const url = process.env.EVENTUALITY_POSTGRES_URL!;

/** A schema with the stores, pools and clients that were opened in it; all of it is gone at the end. */
export class Schema {
  readonly #stores: PostgresEventStore[] = [];
  readonly #pools: Pool[] = [];
  readonly #clients: PoolClient[] = [];
  #own: Pool | undefined;

  constructor(
    readonly name: string,
    readonly server = url,
  ) {}

  /** Opens a store in this schema. */
  open(options: Partial<PostgresOptions> = {}): PostgresEventStore {
    const where = options.pool ? {} : { connectionString: this.server };
    const store = postgres({ ...where, schema: this.name, logger: SILENT, ...options });
    this.#stores.push(store);
    return store;
  }

  pool(options: object = {}): Pool {
    const pool = new Pool({ connectionString: this.server, ...options });
    pool.on('error', () => {});
    this.#pools.push(pool);
    return pool;
  }

  /** Connects a client beside the stores; it is ended with the rest. */
  async client(): Promise<PoolClient> {
    const client = await this.pool({ max: 1 }).connect();
    this.#clients.push(client);
    return client;
  }

  /** Runs statements beside the stores. */
  async sql(text: string, values: unknown[] = []): Promise<any[]> {
    return (await this.#ownPool().query(text, values)).rows;
  }

  #ownPool(): Pool {
    this.#own ??= this.pool({ max: 4 });
    return this.#own;
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.release(true);
    await Promise.all(this.#stores.map(store => store.close()));
    await Promise.all(this.#pools.map(pool => pool.end()));
    const client = new Client(this.server);
    await client.connect();
    await client.query(`set client_min_messages = warning; drop schema if exists "${this.name}" cascade`);
    await client.end();
  }
}

/** A schema of the test file's own, dropped when its tests are done. */
export class TestSchema extends Schema {
  constructor(file: string) {
    super(`${basename(file).replace(/\W.*$/, '').replaceAll('-', '_')}_${process.pid}`.toLowerCase());
    afterAll(() => this.end(), 20_000);
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

export const range = (from: number, until: number): number[] => Array.from({ length: until - from + 1 }, (_, index) => from + index);

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, patience = 10_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${patience} ms in vain: ${what}`);
    await pause(5);
  }
}

/** Follows a store in the background and keeps what it is given, in order. */
export function following(store: EventStore): RecordedEvent[] {
  const seen: RecordedEvent[] = [];
  void (async () => {
    for await (const page of store.subscribe()) seen.push(...page);
  })();
  return seen;
}

/** Receives what the tests provoke. */
export const SILENT = { error: () => {}, warn: () => {} };

export const stream = (aggregateId: string, aggregateName = 'Todo'): StreamName => ({ aggregateName, aggregateId });

export const happened = (payload: object = {}, more: Partial<NewEvent> = {}): NewEvent => ({ name: 'Happened', payload, ...more });

export const to = (id: string, expected: StreamAppend['expected'], ...events: NewEvent[]): StreamAppend => ({
  stream: stream(id),
  expected,
  events: events.length > 0 ? events : [happened()],
});
