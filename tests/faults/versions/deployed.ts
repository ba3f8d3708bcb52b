import type { ProjectionDefinition } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { type Count, counting, type Differences, differences, isSame, projectionsOf } from '../../support/counting';
import { happened, range, to } from '../../support/events';
import { below, type Figure, noDifferences, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { SteadyWriter } from '../programs/steady-writer';
import { DocumentReaders } from './document-readers';
import { ProcessingWatch } from './processing-watch';

const TIMEOUT_MS = 20_000;
const NAME = 'counts';
const PROCESSES = 3;
const OPTIONS = { segments: 2, indexes: ['version'] };
const IDS = range(1, 50).map(String);
const LEASE = 400;
/**
 * Longer than the control takes: a process that is superseded sees it in any case before it could take over by itself.
 */
const LONG_LEASE = 60_000;

export interface DeploySizes {
  /** Events a second, all the time. */
  readonly rate: number;
  /** Events that are there before. */
  readonly history: number;
  /** One after the other, from the one code to the other and back. */
  readonly deploys: number;
}

/**
 * Deploys two codes over each other, by turns, in three processes, of which an old one restarts meanwhile, while events
 * come and readers read.
 */
export const deployed = (name: 'SQLite' | 'PostgreSQL', sizes: DeploySizes, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('../programs/counting-process', folder, __dirname);
    const done = `${sizes.deploys} rolling deploys of two codes by turns, ${sizes.rate} events a second, three processes, an old one restarts`;
    const sound = await new Deploying(places(), script, new Random(seed)).played(sizes);
    return figures(
      { item: 20, store: name, done, seed },
      sound,
      await new Deploying(places(), script, new Random(seed)).carelessly(),
    );
  });

interface Outcome {
  readonly reached: number;
  readonly written: number;
  /** Milliseconds in which no process followed any version. */
  readonly unfollowed: number;
  /** Deploys after which no process follows the version that is read, or it is not that of the new code. */
  readonly idle: number;
  readonly parked: number;
  readonly readers: Pick<DocumentReaders, 'reads' | 'errors' | 'stale'>;
  readonly inTheEnd: Differences;
}

class Deploying {
  readonly #store: EventStore;
  readonly #writer: (rate: number) => SteadyWriter;
  readonly #programs: Program[] = [];

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
  ) {
    this.#store = place.store;
    this.#writer = rate => new SteadyWriter(place.store, rate, IDS);
  }

  async played({ rate, history, deploys }: DeploySizes): Promise<Outcome> {
    for (const n of range(1, history / 10))
      await this.#store.append([to(IDS[n % IDS.length]!, 'any', ...range(1, 10).map(() => happened()))]);
    try {
      const running = await Promise.all(range(1, PROCESSES).map(() => this.#start(1)));
      return await this.#during(rate, async watch => {
        await this.#isFollowed(watch, 1);
        let idle = 0;
        for (const deploy of range(1, deploys)) {
          const revision = deploy % 2 === 1 ? 2 : 1;
          await this.#deploy(running, revision);
          if (!(await this.#isFollowed(watch, revision))) idle++;
        }
        return idle;
      });
    } finally {
      await this.#end();
    }
  }

  /**
   * As if an old process had switched back in the moment of its start, and had then ended: those that it superseded
   * stay idle.
   */
  async carelessly(): Promise<Pick<Outcome, 'idle' | 'inTheEnd'>> {
    const projections = projectionsOf(this.#store);
    const watch = new ProcessingWatch(this.#store, NAME);
    try {
      await this.#store.append([to('1', 'any')]);
      for (const _ of range(1, PROCESSES)) await this.#start(1, { standsBy: true, leaseDuration: LONG_LEASE });
      await this.#isFollowed(watch, 1);
      const version = (await projections.active(NAME))! + 1;
      await projections.prepare({ name: NAME, ...OPTIONS, revision: 2, version });
      await projections.activate(NAME, version);
      // One that is superseded has given back what it had when it has ended.
      const owned = async (): Promise<boolean> =>
        (await projections.leases.segments(NAME, version - 1)).some(({ owner }) => owner !== undefined);
      await until(async () => !(await owned()), 'all stand by', TIMEOUT_MS);
      await this.#store.append([to('1', 'any')]);
      const idle = (await watch.followed()) ? 0 : 1;
      return { idle, inTheEnd: await differences(this.#store, NAME) };
    } finally {
      await watch.end();
      await this.#end();
    }
  }

  async #during(rate: number, deploys: (watch: ProcessingWatch) => Promise<number>): Promise<Outcome> {
    const readers = new DocumentReaders(
      this.place.where,
      () => counting(NAME, OPTIONS) as ProjectionDefinition<Count>,
      IDS,
    );
    const watch = new ProcessingWatch(this.#store, NAME);
    const writer = this.#writer(rate);
    let over = false;
    const writing = writer.writeUntil(() => over);
    let idle: number;
    try {
      idle = await deploys(watch);
      over = true;
      await writing;
      const isDone = async (): Promise<boolean> => isSame(await differences(this.#store, NAME));
      // What does not hold in the end is in the figures.
      await until(isDone, 'everything is followed', TIMEOUT_MS).catch(() => undefined);
    } finally {
      over = true;
      await Promise.allSettled([writing, readers.end(), watch.end()]);
    }
    const inTheEnd = await differences(this.#store, NAME);
    return {
      ...{
        reached: writer.reached,
        written: writer.answered.length,
        unfollowed: watch.longest,
        idle,
        parked: await this.#parked(),
      },
      ...{ readers, inTheEnd },
    };
  }

  /** One process after the other; one that still has the old code is killed in between, and starts again with it. */
  async #deploy(running: Program[], revision: number): Promise<void> {
    const restarts = 1 + this.random.below(PROCESSES - 1);
    for (const index of range(0, PROCESSES - 1)) {
      if (index === restarts) {
        await running[index]!.killed();
        running[index] = await this.#start(3 - revision);
        await this.random.pause(600);
      }
      const next = await this.#start(revision);
      await this.random.pause(300);
      running[index]!.send('SIGTERM');
      await running[index]!.finished();
      running[index] = next;
      await this.random.pause(300);
    }
  }

  async #isFollowed(watch: ProcessingWatch, revision: number): Promise<boolean> {
    const isSo = async (): Promise<boolean> => (await watch.followed())?.revision === revision;
    return until(isSo, 'the code that was deployed is read, and followed', TIMEOUT_MS).then(
      () => true,
      () => false,
    );
  }

  async #parked(): Promise<number> {
    const versions = await projectionsOf(this.#store).versions(NAME);
    const name = (version: number) => ({ projection: NAME, version });
    const parked = versions.map(({ version }) => projectionsOf(this.#store).deadLetters.list(name(version)));
    return (await Promise.all(parked)).flat().length;
  }

  async #start(version: number, more: object = {}): Promise<Program> {
    const program = new Program(this.script, {
      where: this.place.where,
      leaseDuration: LEASE,
      options: { ...OPTIONS, version },
      ...more,
    });
    this.#programs.push(program);
    await until(() => program.lines.includes('ready'), 'a process has started', TIMEOUT_MS);
    return program;
  }

  async #end(): Promise<void> {
    await Promise.all(this.#programs.map(program => program.gone()));
  }
}

function figures(subject: Subject, sound: Outcome, careless: Pick<Outcome, 'idle' | 'inTheEnd'>): Figure[] {
  const { readers } = sound;
  const standing: Subject = {
    ...subject,
    done: 'processes that stay superseded, when the one that superseded them has ended',
  };
  return [
    told(subject, 'events written, a second', `${sound.written}, ${Math.round(sound.reached)}`),
    none(subject, 'deploys after which no process follows with the new code', sound.idle),
    below(subject, 'longest time in which no process follows any version', sound.unfollowed, LEASE + 1000, 'ms'),
    told(subject, 'documents read', `${readers.reads}`),
    none(subject, 'read errors', readers.errors.length),
    none(subject, 'reads that found something older than a read before', readers.stale),
    none(subject, 'events parked', sound.parked),
    ...noDifferences(subject, sound.inTheEnd, 'events', ' in the end'),
    some(standing, 'deploys after which no process follows', careless.idle),
    some(standing, 'events lost in the end', careless.inTheEnd.lost),
  ];
}
