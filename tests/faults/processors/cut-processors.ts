import { setTimeout as sleep } from 'node:timers/promises';
import { lent } from '../../support/beside';
import { type Differences, differences } from '../../support/counting';
import { range } from '../../support/events';
import { type Figure, type Subject, some, told } from '../../support/figures';
import { built } from '../../support/programs';
import { CuttingProxy } from '../../support/proxies/cutting-proxy';
import { Random } from '../../support/random';
import { type Schema, url } from '../../support/stores/schema';
import { withFiles, withSchema } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import type { Serving } from '../programs/serving-process';
import { ServingProgram } from '../programs/serving-program';
import { type Processed, ProcessedStore, processedFigures } from './processed-store';

const PROCESSES = 3;
const SERVING = { segments: 4, leaseDuration: 400 };
/** How likely it is that an answer is cut off. */
const SHARE = 0.03;
const CARELESS_SHARE = 0.1;
const TIMEOUT_MS = 60_000;
/** Longer than it takes to connect and to follow for a while. */
const TERMINATE_EVERY = 200;

export interface EventProcessorCuts {
  /** How many replies are thrown away with their connections. */
  readonly cuts: number;
  /** How many backends are ended by the server. */
  readonly terminated: number;
}

/** Takes from three processes that follow the replies to what they ask, their commits included, while events come. */
export const cutProcessors = (sizes: EventProcessorCuts, seed: number): Promise<Figure[]> =>
  withFiles(async ({ folder }) => {
    const random = new Random(seed);
    const proxy = new CuttingProxy(url, () => random.next());
    await proxy.start();
    const script = built('../programs/serving-process', folder, __dirname);
    const subject = (done: string): Subject => ({ item: 8, store: 'PostgreSQL', done, seed });
    const following = <T>(work: (following: Following) => Promise<T>): Promise<T> =>
      withSchema(schema => work(new Following(schema, proxy, script, random)));
    try {
      const cut = await following(each => each.whileCutting(sizes.cuts));
      const ended = await following(each => each.whileTerminating(sizes.terminated));
      const careless = await following(each => each.carelessly());
      const control = subject('a checkpoint in a transaction of its own, all done again where a commit failed');
      return [
        ...figures(subject(`${sizes.cuts} replies to three following processes cut off`), cut),
        ...figures(subject(`${sizes.terminated} backends of three following processes terminated`), ended),
        some(control, 'events twice in documents', careless.doubled),
      ];
    } finally {
      await proxy.stop();
    }
  });

interface Outcome extends Processed {
  /** How many commits were found done when they were tried again. */
  readonly done: number;
}

const figures = (subject: Subject, outcome: Outcome): Figure[] => [
  ...processedFigures(subject, outcome),
  told(subject, 'commits found done when they were tried again', `${outcome.done}`),
];

class Following {
  readonly #process = `following_${process.pid}`;
  readonly #processed: ProcessedStore;

  constructor(
    private readonly schema: Schema,
    private readonly proxy: CuttingProxy,
    private readonly script: string,
    random: Random,
  ) {
    this.#processed = new ProcessedStore(schema.open(), random);
  }

  whileCutting(cuts: number): Promise<Outcome> {
    return this.#played(async () => {
      const enough = this.proxy.cuts + cuts;
      this.proxy.cutting = SHARE;
      await until(() => this.proxy.cuts >= enough, 'the replies are cut off', TIMEOUT_MS);
      this.proxy.cutting = 0;
    });
  }

  whileTerminating(enough: number): Promise<Outcome> {
    return this.#played(async () => {
      for (let ended = 0; ended < enough; await sleep(TERMINATE_EVERY)) ended += await this.#terminate();
    });
  }

  /** Cuts replies to a careless process, whose store tries nothing again, until its documents are wrong. */
  carelessly(): Promise<Differences> {
    return this.#among([this.#start({ careless: true }, { retryFor: 0 })], async () => {
      let found: Differences = { lost: 0, doubled: 0, disorder: 0 };
      const isWrong = async (): Promise<boolean> => {
        found = await differences(this.#processed.store, 'careless');
        return found.doubled > 0;
      };
      this.proxy.cutting = CARELESS_SHARE;
      await until(isWrong, 'events are counted twice', TIMEOUT_MS).catch(() => undefined);
      this.proxy.cutting = 0;
      await this.#processed.stop();
      return found;
    });
  }

  #played(disturb: () => Promise<void>): Promise<Outcome> {
    const programs = range(1, PROCESSES).map(() => this.#start());
    return this.#among(programs, async () => {
      await disturb();
      await this.#processed.stop();
      await this.#processed.settled();
      const lines = (await Promise.all(programs.map(program => program.ended()))).flat();
      return { ...(await this.#processed.processed()), done: lines.filter(line => line === 'done').length };
    });
  }

  /** Does something while processes follow the events that come. */
  async #among<T>(programs: readonly ServingProgram[], work: () => Promise<T>): Promise<T> {
    return this.#processed.while(() => {
      const follow = async (): Promise<T> => {
        await Promise.all(programs.map(program => program.busy()));
        return work();
      };
      return lent(follow, () => Promise.all(programs.map(program => program.gone())));
    });
  }

  #start(more: Partial<Serving> = {}, patience: { readonly retryFor?: number } = {}): ServingProgram {
    const where = { connectionString: this.proxy.url(this.#process), schema: this.schema.name, ...patience };
    return new ServingProgram(this.script, { where, ...SERVING, ...more });
  }

  /** Ends the connections of the processes, as an administrator or a fail-over does. Returns how many. */
  async #terminate(): Promise<number> {
    const sql = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1';
    return (await this.schema.sql(sql, [this.#process])).length;
  }
}
