import { basename } from 'node:path';
import { Client, Pool, type PoolClient } from 'pg';
import { type PostgresEventStore, type PostgresOptions, postgres } from '../../../src/adapters/postgres';
import type { EventStore } from '../../../src/store';
import { lent } from '../beside';
import { SILENT } from '../logger';
import { within } from '../waiting';

/** The server that all these tests use; see `tests/setup`. */
export const url = process.env.EVENTUALITY_POSTGRES_URL!;

/** How long what a test has opened may take to close, in milliseconds; then it is left to itself. */
const CLOSING = 15_000;

const HOLDERS_ENDED = `
  select pg_terminate_backend(pid) from pg_locks
  where pid <> pg_backend_pid() and relation in (select oid from pg_class where relnamespace = (select oid from pg_namespace where nspname = $1))`;

/** A statement that a connection was given. */
export interface Asked {
  readonly text: string;
  readonly values?: unknown[];
}

/** A schema with the stores, pools and clients that were opened in it; all of it is gone at the end. */
export class Schema {
  readonly #stores = new Map<EventStore, Partial<PostgresOptions>>();
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
    this.#stores.set(store, options);
    return store;
  }

  /** Opens a store on tables of its own. */
  openApart(options: Partial<PostgresOptions> = {}): PostgresEventStore {
    return this.open({ tablePrefix: `case_${this.#stores.size + 1}_`, ...options });
  }

  /** Opens another store on the tables of one. */
  readonly openAgain = (store: EventStore): PostgresEventStore => this.open(this.#stores.get(store));

  pool(options: object = {}): Pool {
    const pool = new Pool({ connectionString: this.server, ...options });
    pool.on('error', () => {});
    this.#pools.push(pool);
    return pool;
  }

  /** A pool, and the statements that its connections are given, as they come. */
  recordingPool(options: object = {}): { readonly pool: Pool; readonly asked: Asked[] } {
    const pool = this.pool(options);
    const asked: Asked[] = [];
    pool.on('connect', client => {
      const query = client.query.bind(client) as (...given: unknown[]) => unknown;
      client.query = ((...given: [Asked | string, unknown]) => {
        asked.push(typeof given[0] === 'string' ? { text: given[0] } : given[0]);
        return query(...given);
      }) as typeof client.query;
    });
    return { pool, asked };
  }

  /** Connects a client beside the stores; it is ended with the rest. */
  async client(): Promise<PoolClient> {
    const client = await this.pool({ max: 1 }).connect();
    this.#clients.push(client);
    return client;
  }

  /**
   * Lowers the horizon of a store to 0, as a writer does that took its lock late, until the transaction of the client
   * that is returned ends.
   */
  async lowerHorizon(prefix: string): Promise<PoolClient> {
    const client = await this.client();
    await client.query('begin');
    const key = '(tableoid::bigint << 32)';
    await client.query(`select pg_advisory_xact_lock_shared(${key}) from "${this.name}".${prefix}positions`);
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
    await lent(
      () => within(CLOSING, `what is open in the schema ${this.name} is closed`, this.#close()),
      () => this.#drop(),
    );
  }

  async #close(): Promise<void> {
    for (const client of this.#clients) client.release(true);
    await Promise.all([...this.#stores.keys()].map(store => store.close()));
    await Promise.all(this.#pools.map(pool => pool.end()));
  }

  async #drop(): Promise<void> {
    const client = new Client({ connectionString: this.server, statement_timeout: CLOSING });
    await client.connect();
    await client.query('set client_min_messages = warning');
    // A transaction that a test has left open, frozen with its process or lent and never given back, would be waited
    // for for ever.
    await client.query(HOLDERS_ENDED, [this.name]);
    // A few at a time: the server has room for so many locks in one transaction.
    const { rows } = await client.query('select tablename from pg_tables where schemaname = $1', [this.name]);
    for (let tables = rows; tables.length > 0; tables = tables.slice(100))
      await client.query(
        `drop table ${tables.slice(0, 100).map(({ tablename }) => `"${this.name}"."${tablename}"`)} cascade`,
      );
    await client.query(`drop schema if exists "${this.name}" cascade`);
    await client.end();
  }
}

/** A schema of the test file's own, dropped when its tests are done. */
export class TestSchema extends Schema {
  constructor(file: string) {
    super(`${basename(file).replace(/\W.*$/, '').replaceAll('-', '_')}_${process.pid}`.toLowerCase());
    afterAll(() => this.end(), 3 * CLOSING);
  }
}
