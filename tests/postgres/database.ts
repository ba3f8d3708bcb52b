import { basename } from 'node:path';
import { Client, Pool } from 'pg';
import { type PostgresEventStore, type PostgresOptions, postgres } from '../../src/postgres';
import type { NewEvent, StreamAppend, StreamName } from '../../src/store';

/** The server that all these tests use; see `tests/setup`. */
export const url = process.env.EVENTUALITY_POSTGRES_URL!;

/** A schema of the test file's own, dropped when its tests are done, with the stores that were opened in it. */
export class TestSchema {
  readonly name: string;
  readonly #stores: PostgresEventStore[] = [];
  readonly #pools: Pool[] = [];

  constructor(file: string) {
    this.name = `${basename(file).replace(/\W.*$/, '').replaceAll('-', '_')}_${process.pid}`.toLowerCase();
    afterAll(() => this.#end());
  }

  /** Opens a store in this schema. */
  open(options: Partial<PostgresOptions> = {}): PostgresEventStore {
    const where = options.pool ? {} : { connectionString: url };
    const store = postgres({ ...where, schema: this.name, logger: SILENT, ...options });
    this.#stores.push(store);
    return store;
  }

  pool(options: object = {}): Pool {
    const pool = new Pool({ connectionString: url, ...options });
    pool.on('error', () => {});
    this.#pools.push(pool);
    return pool;
  }

  /** Runs statements beside the stores. */
  async sql(text: string, values: unknown[] = []): Promise<any[]> {
    return (await this.pool0().query(text, values)).rows;
  }

  pool0(): Pool {
    return this.#pools[0] ?? this.pool({ max: 4 });
  }

  async #end(): Promise<void> {
    await Promise.all(this.#stores.map(store => store.close()));
    await Promise.all(this.#pools.map(pool => pool.end()));
    const client = new Client(url);
    await client.connect();
    await client.query(`set client_min_messages = warning; drop schema if exists "${this.name}" cascade`);
    await client.end();
  }
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
