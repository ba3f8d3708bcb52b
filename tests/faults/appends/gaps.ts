import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import { beside } from '../../support/beside';
import { range } from '../../support/events';
import { below, type Figure, none, type Subject, some, told } from '../../support/figures';
import { Random } from '../../support/random';
import { type Schema } from '../../support/stores/schema';
import { withSchema } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { inversions, Lags, percentile } from '../programs/lags';
import { besideTransactionElsewhere, DisorderlyWriters, type GapSizes } from './disorderly-writers';

const NEIGHBOUR = 'neighbour_';
const TIMEOUT_MS = 60_000;

/** Lets processors read while writers commit in another order than they drew their positions. */
export const gaps = (sizes: GapSizes, seed: number): Promise<Figure[]> =>
  withSchema(schema => besideTransactionElsewhere(schema.name, () => new Gaps(schema, sizes, seed).figures()));

class Gaps {
  readonly #lags = new Lags();
  readonly #neighbourLags = new Lags();
  readonly #naive = new Set<string>();
  #naivelyAt = 0n;
  readonly #stores: readonly PostgresEventStore[];
  readonly #neighbour: PostgresEventStore;
  readonly #writers: DisorderlyWriters;

  constructor(
    private readonly schema: Schema,
    private readonly sizes: GapSizes,
    private readonly seed: number,
  ) {
    this.#stores = range(1, 3).map(() => schema.open());
    this.#neighbour = schema.open({ tablePrefix: NEIGHBOUR });
    const isPassed = (position: bigint): boolean => this.#naivelyAt > position;
    this.#writers = new DisorderlyWriters(
      schema,
      this.#stores.slice(0, 2),
      sizes,
      new Random(seed),
      this.#lags,
      isPassed,
    );
  }

  async figures(): Promise<Figure[]> {
    await Promise.all([this.#stores[0]!.ready(), this.#neighbour.ready()]);
    const processors = [this.#lags.follow(this.#stores[0]!), this.#lags.follow(this.#stores[2]!)];
    const neighbours = this.#neighbourLags.follow(this.#neighbour);
    await this.#writeAll();
    const all = await this.#positions();
    await until(
      () => processors.every(seen => seen.length >= all.length),
      'the processors have everything',
      TIMEOUT_MS,
    );
    await until(
      () => neighbours.length >= this.#neighbourLags.appended,
      'the processor of the neighbour has everything',
      TIMEOUT_MS,
    );
    const skipped = processors.map(seen => missing(all, new Set(seen.map(({ position }) => `${position}`))));
    return this.#told(all, Math.max(...skipped), Math.max(...processors.map(inversions)));
  }

  async #writeAll(): Promise<void> {
    const deadline = Date.now() + this.sizes.duration;
    const write = () =>
      Promise.all([this.#writers.write(), this.#writers.append(this.#neighbour, this.#neighbourLags, deadline, 5)]);
    await beside(isOver => this.#readNaively(isOver), write);
  }

  /** The reader that everybody writes first: it goes on after the highest position it has seen. */
  async #readNaively(isOver: () => boolean): Promise<void> {
    const table = `"${this.schema.name}".eventuality_events`;
    for (let checkpoint = '0', over = false; !over; await sleep(1)) {
      over = isOver();
      const rows = await this.schema.sql(
        `select position from ${table} where position > $1 order by position limit 1000`,
        [checkpoint],
      );
      for (const { position } of rows) this.#naive.add(position);
      checkpoint = rows.at(-1)?.position ?? checkpoint;
      this.#naivelyAt = BigInt(checkpoint);
    }
  }

  async #positions(): Promise<string[]> {
    const rows = await this.schema.sql(
      `select position from "${this.schema.name}".eventuality_events order by position`,
    );
    return rows.map(({ position }) => position);
  }

  #told(all: readonly string[], skipped: number, inverted: number): Figure[] {
    const { writers, duration, stuck } = this.sizes;
    const done = `${writers} writers, ${duration / 1000} s, 2% of own transactions rolled back, one stuck for ${stuck / 1000} s`;
    const subject: Subject = { item: 4, store: 'PostgreSQL', done, seed: this.seed };
    const control: Subject = { ...subject, done: 'a reader that goes on after the highest position it has seen' };
    const [from, end] = this.#writers.stuck;
    const behind = this.#lags.between(from, end);
    const unrelated = [...this.#lags.between(0, from), ...this.#lags.between(end, Number.POSITIVE_INFINITY)];
    const neighbours = this.#neighbourLags.between(0, Number.POSITIVE_INFINITY);
    return [
      none(subject, 'skipped by a processor', skipped),
      none(subject, 'out of order', inverted),
      told(subject, 'events stored, transactions rolled back', `${all.length}, ${this.#writers.rolledBack}`),
      some(control, 'skipped', missing(all, this.#naive)),
      below(
        { ...subject, done: 'events while no transaction was stuck' },
        'p99 lag',
        percentile(unrelated, 0.99),
        250,
        'ms',
      ),
      below(
        { ...subject, done: 'events of another store in the same database' },
        'p99 lag',
        percentile(neighbours, 0.99),
        250,
        'ms',
      ),
      told(
        { ...subject, done: 'events behind the stuck transaction: held back until it ends' },
        'p99 lag',
        `${Math.round(percentile(behind, 0.99))} ms`,
      ),
    ];
  }
}

const missing = (all: readonly string[], seen: ReadonlySet<string>): number =>
  all.filter(position => !seen.has(position)).length;
