import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type PoolClient } from 'pg';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import type { EventStore } from '../../../src/store';
import { happened, range, to } from '../../support/events';
import type { Random } from '../../support/random';
import { type Schema, url } from '../../support/stores/schema';
import { until } from '../../support/waiting';
import type { Lags } from '../programs/lags';

const STREAMS = 200;
const ROLLED_BACK = 0.02;
const TIMEOUT_MS = 60_000;

export interface GapSizes {
  /** Half of them append through the store, half in transactions of their own, of which some are rolled back. */
  readonly writers: number;
  readonly duration: number;
  /** How long one transaction that has appended stays open in the middle of it all. */
  readonly stuck: number;
}

/** Writers that commit in another order than they drew their positions. */
export class DisorderlyWriters {
  #rolledBack = 0;
  #stuck: [from: number, until: number] = [0, 0];

  constructor(
    private readonly schema: Schema,
    private readonly stores: readonly PostgresEventStore[],
    private readonly sizes: GapSizes,
    private readonly random: Random,
    /** Of what is appended through the stores. */
    private readonly lags: Lags,
    /**
     * The stuck transaction stays open until a careless reader has gone past a position of it: what that loses is no
     * chance.
     */
    private readonly isPassed: (position: bigint) => boolean | Promise<boolean>,
  ) {}

  /** How many transactions were rolled back. */
  get rolledBack(): number {
    return this.#rolledBack;
  }

  /** From when until when one transaction was open. */
  get stuck(): readonly [from: number, until: number] {
    return this.#stuck;
  }

  /** Writes until the time is over. */
  async write(): Promise<void> {
    const { writers, duration, stuck } = this.sizes;
    const deadline = Date.now() + duration;
    const half = writers / 2;
    const pool = this.schema.pool({ max: half });
    await this.schema.sql(`create table "${this.schema.name}".orders (id serial)`);
    await Promise.all([
      ...range(1, half).map(n => this.append(this.stores[n % this.stores.length]!, this.lags, deadline)),
      ...range(1, half).map(async () => this.#transactAll(await pool.connect(), deadline)),
      sleep(duration / 4).then(() => this.#getStuck(stuck)),
    ]);
  }

  /** Appends to a store until a time, now and then several events. */
  async append(store: EventStore, lags: Lags, deadline: number, pause = 0): Promise<void> {
    while (Date.now() < deadline) {
      const events = range(1, 1 + this.random.below(3)).map(n => happened({ n }));
      await lags.append(store, to(this.#anywhere(), 'any', ...events));
      if (pause > 0) await sleep(pause);
    }
  }

  async #transactAll(client: PoolClient, deadline: number): Promise<void> {
    await client.query(`SET search_path TO "${this.schema.name}"`);
    while (Date.now() < deadline) {
      const end = this.random.chance(ROLLED_BACK) ? 'ROLLBACK' : 'COMMIT';
      const held = this.random.next() * 15;
      await this.#transact(client, () => sleep(held), end).catch(() => client.query('ROLLBACK'));
    }
    client.release(true);
  }

  /** A transaction of the user's own: it does what business does, appends, takes its time, and appends again. */
  async #transact(
    client: PoolClient,
    held: (position: bigint) => Promise<unknown>,
    end: 'COMMIT' | 'ROLLBACK',
  ): Promise<void> {
    const store = this.stores[0]!.within(client);
    await client.query('BEGIN');
    await client.query('INSERT INTO orders DEFAULT VALUES');
    const outcome = await store.append([to(`own-${this.#anywhere()}`, 'any')]);
    await held(outcome.ok ? outcome.events[0]!.position : 0n);
    await store.append([to(`own-${this.#anywhere()}-2`, 'any', happened(), happened())]);
    await client.query(end);
    if (end === 'ROLLBACK') this.#rolledBack++;
  }

  async #getStuck(time: number): Promise<void> {
    const client = await this.schema.client();
    await client.query(`SET search_path TO "${this.schema.name}"`);
    const from = performance.now();
    const held = async (position: bigint): Promise<void> => {
      await sleep(time);
      await this.stores[0]!.append([to(`after-${this.#anywhere()}`, 'any')]);
      await until(() => this.isPassed(position), 'the careless reader has gone past the stuck transaction', TIMEOUT_MS);
    };
    await this.#transact(client, held, 'COMMIT');
    this.#stuck = [from, performance.now()];
  }

  #anywhere(): string {
    return `stream-${this.random.below(STREAMS)}`;
  }
}

/** Runs while a transaction is open in a database of its own, which has nothing to do with ours. */
export async function besideTransactionElsewhere<T>(name: string, run: () => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  await client.query(`create database ${name}`);
  const elsewhere = new Client({ connectionString: Object.assign(new URL(url), { pathname: `/${name}` }).href });
  try {
    await elsewhere.connect();
    await elsewhere.query('begin');
    await elsewhere.query('select txid_current(), pg_advisory_xact_lock(1)');
    return await run();
  } finally {
    await elsewhere.end();
    await client.query(`drop database ${name}`);
    await client.end();
  }
}
