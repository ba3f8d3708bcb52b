import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type PoolClient } from 'pg';
import type { PostgresEventStore } from '../../src/postgres';
import type { EventStore, StreamAppend } from '../../src/store';
import { happened, range, type Schema, to, until, url } from '../postgres/database';
import { below, type Figure, none, type Subject, some, told } from './figures';
import { inversions, Lags, percentile } from './lags';
import { Random } from './random';
import { withSchema } from './stores';

const STREAMS = 200;
const ROLLED_BACK = 0.02;
const NEIGHBOUR = 'neighbour_';
const PATIENCE = 60_000;

export interface GapSizes {
  /** Half of them append through the store, half in transactions of their own, of which some are rolled back. */
  readonly writers: number;
  readonly duration: number;
  /** How long one transaction that has appended stays open in the middle of it all. */
  readonly stuck: number;
}

/** Lets followers read while writers commit in another order than they drew their positions. */
export function gaps(sizes: GapSizes, seed: number): Promise<Figure[]> {
  return withSchema(async schema => {
    const closeOther = await transactionElsewhere(schema.name);
    try {
      return await new Gaps(schema, sizes, seed).figures();
    } finally {
      await closeOther();
    }
  });
}

/** Opens a transaction in a database of its own, which has nothing to do with ours, and leaves it open. */
async function transactionElsewhere(name: string): Promise<() => Promise<void>> {
  const client = new Client(url);
  await client.connect();
  await client.query(`create database ${name}`);
  const elsewhere = new Client({ connectionString: Object.assign(new URL(url), { pathname: `/${name}` }).href });
  await elsewhere.connect();
  await elsewhere.query('begin');
  await elsewhere.query('select txid_current(), pg_advisory_xact_lock(1)');
  return async () => {
    await elsewhere.end();
    await client.query(`drop database ${name}`);
    await client.end();
  };
}

class Gaps {
  readonly #random: Random;
  readonly #lags = new Lags();
  readonly #neighbourLags = new Lags();
  readonly #naive = new Set<string>();
  readonly #stores: readonly PostgresEventStore[];
  readonly #neighbour: PostgresEventStore;
  #deadline = 0;
  #rolledBack = 0;
  #stuck: [from: number, until: number] = [0, 0];

  constructor(
    private readonly schema: Schema,
    private readonly sizes: GapSizes,
    private readonly seed: number,
  ) {
    this.#random = new Random(seed);
    this.#stores = range(1, 3).map(() => schema.open());
    this.#neighbour = schema.open({ tablePrefix: NEIGHBOUR });
  }

  async figures(): Promise<Figure[]> {
    await Promise.all([this.#stores[0]!.ready(), this.#neighbour.ready()]);
    await this.schema.sql(`create table "${this.schema.name}".orders (id serial)`);
    const followers = [this.#lags.follow(this.#stores[0]!), this.#lags.follow(this.#stores[2]!)];
    const neighbours = this.#neighbourLags.follow(this.#neighbour);
    await this.#writeAll();
    const all = await this.#positions();
    await until(() => followers.every(seen => seen.length >= all.length), 'the followers have everything', PATIENCE);
    await until(() => neighbours.length >= this.#neighbourLags.appended, 'the follower of the neighbour has everything', PATIENCE);
    const skipped = followers.map(seen => missing(all, new Set(seen.map(({ position }) => `${position}`))));
    return this.#told(all, Math.max(...skipped), Math.max(...followers.map(inversions)));
  }

  async #writeAll(): Promise<void> {
    const { writers, duration, stuck } = this.sizes;
    this.#deadline = Date.now() + duration;
    const half = writers / 2;
    const pool = this.schema.pool({ max: half });
    let over = false;
    const reading = this.#readNaively(() => over);
    await Promise.all([
      ...range(1, half).map(n => this.#write(this.#stores[n % 2]!, this.#lags)),
      ...range(1, half).map(async () => this.#transactAll(await pool.connect())),
      this.#write(this.#neighbour, this.#neighbourLags, 5),
      sleep(duration / 4).then(() => this.#getStuck(stuck)),
    ]);
    over = true;
    await reading;
  }

  /** Appends until the time is over, now and then several events. */
  async #write(store: EventStore, lags: Lags, pause = 0): Promise<void> {
    while (Date.now() < this.#deadline) {
      const events = range(1, 1 + this.#random.below(3)).map(n => happened({ n }));
      await lags.append(store, to(this.#anywhere(), 'any', ...events));
      if (pause > 0) await sleep(pause);
    }
  }

  async #transactAll(client: PoolClient): Promise<void> {
    await client.query(`SET search_path TO "${this.schema.name}"`);
    while (Date.now() < this.#deadline) {
      const end = this.#random.chance(ROLLED_BACK) ? 'ROLLBACK' : 'COMMIT';
      const held = this.#random.next() * 15;
      await this.#transact(client, held, end).catch(() => client.query('ROLLBACK'));
    }
    client.release(true);
  }

  /** A transaction of the user's own: it does what business does, appends, takes its time, and appends again. */
  async #transact(client: PoolClient, held: number, end: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const store = this.#stores[2]!.within(client);
    await client.query('BEGIN');
    await client.query('INSERT INTO orders DEFAULT VALUES');
    await store.append([to(`own-${this.#anywhere()}`, 'any')]);
    await sleep(held);
    await store.append([to(`own-${this.#anywhere()}-2`, 'any', happened(), happened())]);
    await client.query(end);
    if (end === 'ROLLBACK') this.#rolledBack++;
  }

  async #getStuck(time: number): Promise<void> {
    const client = await this.schema.client();
    await client.query(`SET search_path TO "${this.schema.name}"`);
    const from = performance.now();
    await this.#transact(client, time, 'COMMIT');
    this.#stuck = [from, performance.now()];
  }

  /** The reader that everybody writes first: it goes on after the highest position it has seen. */
  async #readNaively(isOver: () => boolean): Promise<void> {
    const table = `"${this.schema.name}".eventuality_events`;
    for (let checkpoint = '0', over = false; !over; await sleep(1)) {
      over = isOver();
      const rows = await this.schema.sql(`select position from ${table} where position > $1 order by position limit 1000`, [checkpoint]);
      for (const { position } of rows) this.#naive.add(position);
      checkpoint = rows.at(-1)?.position ?? checkpoint;
    }
  }

  async #positions(): Promise<string[]> {
    const rows = await this.schema.sql(`select position from "${this.schema.name}".eventuality_events order by position`);
    return rows.map(({ position }) => position);
  }

  #anywhere(): StreamAppend['stream']['aggregateId'] {
    return `stream-${this.#random.below(STREAMS)}`;
  }

  #told(all: readonly string[], skipped: number, inverted: number): Figure[] {
    const { writers, duration, stuck } = this.sizes;
    const done = `${writers} writers, ${duration / 1000} s, 2% of own transactions rolled back, one stuck for ${stuck / 1000} s`;
    const subject: Subject = { item: 4, store: 'PostgreSQL', done, seed: this.seed };
    const control: Subject = { ...subject, done: 'a reader that goes on after the highest position it has seen' };
    const [from, end] = this.#stuck;
    const behind = this.#lags.between(from, end);
    const unrelated = [...this.#lags.between(0, from), ...this.#lags.between(end, Number.POSITIVE_INFINITY)];
    const neighbours = this.#neighbourLags.between(0, Number.POSITIVE_INFINITY);
    return [
      none(subject, 'skipped by a follower', skipped),
      none(subject, 'out of order', inverted),
      told(subject, 'events stored, transactions rolled back', `${all.length}, ${this.#rolledBack}`),
      some(control, 'skipped', missing(all, this.#naive)),
      below({ ...subject, done: 'events while nobody was stuck' }, 'p99 lag', percentile(unrelated, 0.99), 250, 'ms'),
      below({ ...subject, done: 'events of another store in the same database' }, 'p99 lag', percentile(neighbours, 0.99), 250, 'ms'),
      told(
        { ...subject, done: 'events behind the stuck transaction: held back until it ends' },
        'p99 lag',
        `${Math.round(percentile(behind, 0.99))} ms`,
      ),
    ];
  }
}

const missing = (all: readonly string[], seen: ReadonlySet<string>): number => all.filter(position => !seen.has(position)).length;
