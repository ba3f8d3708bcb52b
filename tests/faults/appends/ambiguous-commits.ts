import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import { StoreClosedError } from '../../../src/store';
import { beside } from '../../support/beside';
import { range, to } from '../../support/events';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { CuttingProxy } from '../../support/proxies/cutting-proxy';
import { Random } from '../../support/random';
import { type Schema, url } from '../../support/stores/schema';
import { withSchema } from '../../support/stores/stores';

const WRITERS = 16;
const CONTROL_CUTS = 20;
const CONTROL_TRIES = 20;
const RETRY_FOR = 20_000;

export interface AmbiguitySizes {
  /** How many replies are thrown away with their connections. */
  readonly cuts: number;
  /** How many backends are ended by the server. */
  readonly terminated: number;
}

/** Takes from writers the replies to their commits, so that they cannot know what became of these. */
export async function ambiguousCommits(sizes: AmbiguitySizes, seed: number): Promise<Figure[]> {
  const random = new Random(seed);
  const proxy = new CuttingProxy(url, () => random.next());
  await proxy.start();
  try {
    return await withSchema(schema => new Ambiguity(schema, proxy, sizes, seed).figures());
  } finally {
    await proxy.stop();
  }
}

/** One append of a writer: the nth event of its own stream. */
type Write = (writer: number, n: number) => Promise<number>;

class Ambiguity {
  readonly #process = `ambiguous_${process.pid}`;

  constructor(
    private readonly schema: Schema,
    private readonly proxy: CuttingProxy,
    private readonly sizes: AmbiguitySizes,
    private readonly seed: number,
  ) {}

  async figures(): Promise<Figure[]> {
    const { cuts, terminated } = this.sizes;
    return [
      ...(await this.#judged(`${cuts} replies cut off`, 'cut_', write => this.#whileCutting(0.1, cuts, write))),
      ...(await this.#judged(`${terminated} backends terminated`, 'ended_', write =>
        this.#whileTerminating(terminated, write),
      )),
      await this.#control(),
    ];
  }

  /** Lets writers write while something happens to them, and looks whether each of their events is there, once. */
  async #judged(done: string, tablePrefix: string, play: (write: Write) => Promise<number[][]>): Promise<Figure[]> {
    const store = this.#open(tablePrefix, RETRY_FOR);
    await store.ready();
    const wrong = await play(async (writer, n) => {
      const event = { name: 'N', payload: { writer, n } };
      const outcome = await store.append([to(`s${writer}`, 2 * (n - 1), event, event)]);
      return outcome.ok && outcome.events.map(({ version }) => version).join() === `${2 * n - 1},${2 * n}` ? 0 : 1;
    });
    const subject: Subject = { item: 8, store: 'PostgreSQL', done, seed: this.seed };
    const written = wrong.flat().length;
    const all = await this.#appends(tablePrefix);
    return [
      none(
        subject,
        `of ${written} appends answered with something else than was stored`,
        wrong.flat().filter(Boolean).length,
      ),
      none(subject, 'lost', Math.max(0, written - all.length)),
      none(subject, 'stored twice', all.filter(({ events }) => events > 2).length),
      none(subject, 'torn', all.filter(({ events }) => events < 2).length),
    ];
  }

  /** A caller that does not leave the repetition to the store: it tries again with new ids. */
  async #control(): Promise<Figure> {
    const store = this.#open('naive_', 0);
    await store.ready();
    const twice = async (): Promise<number> =>
      (await this.#appends('naive_')).filter(({ events }) => events > 1).length;
    // Which reply is cut is chance: it goes on until one of an append was.
    for (let tries = 0; tries < CONTROL_TRIES && (await twice()) === 0; tries++) await this.#writeNaively(store);
    const subject: Subject = {
      item: 8,
      store: 'PostgreSQL',
      done: 'a caller that tries again with new ids',
      seed: this.seed,
    };
    return some(subject, 'stored twice', await twice());
  }

  async #writeNaively(store: PostgresEventStore): Promise<void> {
    await this.#whileCutting(0.2, CONTROL_CUTS, async (writer, n) => {
      const append = to(`s${writer}`, 'any', { name: 'N', payload: { writer, n } });
      const appended = (): Promise<boolean> =>
        store.append([append]).then(
          () => true,
          error => {
            // Tried again, it would be refused at once, for ever.
            if (error instanceof StoreClosedError) throw error;
            return false;
          },
        );
      while (!(await appended())) await sleep(1);
      return 0;
    });
  }

  async #whileCutting(share: number, cuts: number, write: Write): Promise<number[][]> {
    const enough = this.proxy.cuts + cuts;
    this.proxy.cutting = share;
    const written = await writeUntil(() => this.proxy.cuts >= enough, write);
    this.proxy.cutting = 0;
    return written;
  }

  async #whileTerminating(enough: number, write: Write): Promise<number[][]> {
    let ended = 0;
    const terminate = async (isOver: () => boolean): Promise<void> => {
      // Longer than it takes to connect and to append on a slow machine: where nothing ever gets through, nothing is
      // shown.
      for (; !isOver(); await sleep(100)) ended += await this.#terminate();
    };
    return beside(terminate, () => writeUntil(() => ended >= enough, write));
  }

  /** Ends the connections of the store under test, as an administrator or a fail-over does. Returns how many. */
  async #terminate(): Promise<number> {
    const ended = await this.schema.sql(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      [this.#process],
    );
    return ended.length;
  }

  #open(tablePrefix: string, retryFor: number): PostgresEventStore {
    return this.schema.open({ connectionString: this.proxy.url(this.#process), tablePrefix, retryFor });
  }

  /** Returns, for each append that left something, how many events there are of it. */
  #appends(prefix: string): Promise<{ events: number }[]> {
    return this.schema.sql(
      `select count(*)::int as events from "${this.schema.name}".${prefix}events group by payload->>'writer', payload->>'n'`,
    );
  }
}

/** Lets the writers write, one event after the other, until it is enough. Returns what came of each write. */
async function writeUntil(isEnough: () => boolean, write: Write): Promise<number[][]> {
  return Promise.all(
    range(1, WRITERS).map(async writer => {
      const results: number[] = [];
      for (let n = 1; !isEnough(); n++) results.push(await write(writer, n));
      return results;
    }),
  );
}
