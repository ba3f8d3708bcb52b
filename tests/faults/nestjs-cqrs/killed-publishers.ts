import { range } from '../../support/events';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import type { Publishing } from './publishing-process';

const PROCESSES = 3;
const TIMEOUT_MS = 120_000;
/** What Nest loads if it is there. */
const OPTIONAL = [
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/websockets/*',
  '@nestjs/platform-express',
  'class-transformer',
  'class-transformer/*',
  'class-validator',
];

export interface PublisherKills {
  /** How many events are published at least. */
  readonly events: number;
  readonly kills: number;
  /** The pause between two events of a process, in milliseconds. */
  readonly pace: number;
}

/** Kills one of three Nest applications with @nestjs/cqrs, again and again, while they publish and handle. */
export const killedPublishers = (
  name: 'SQLite' | 'PostgreSQL',
  sizes: PublisherKills,
  seed: number,
): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('publishing-process', folder, __dirname, OPTIONAL);
    const { events, kills } = sizes;
    const done = `${events} events published with @nestjs/cqrs, ${kills} times one of three processes killed`;
    const subject: Subject = { item: 'nestjs/cqrs', store: name, seed, done };
    const publishing = (alone: boolean): Publishers => new Publishers(places(), script, new Random(seed), alone);
    const { published, unhandled, unfollowed, twice } = await publishing(false).played(sizes);
    const alone = await publishing(true).played(sizes);
    const control = { ...subject, done: `${done}, without Eventuality` };
    return [
      none(subject, 'published events that its handler did not get', unhandled),
      none(subject, 'published events whose command the saga did not send', unfollowed),
      told(subject, 'events handled again after a kill', `${twice} of ${published}`),
      some(control, 'published events that its handler did not get', alone.unhandled),
    ];
  });

interface Outcome {
  readonly published: number;
  readonly unhandled: number;
  readonly unfollowed: number;
  /** How many effects of the handler happened again. */
  readonly twice: number;
}

/** The processes on one place, and what all of them have said. */
class Publishers {
  readonly #all: Program[] = [];

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
    private readonly alone: boolean,
  ) {}

  async played({ events, kills, pace }: PublisherKills): Promise<Outcome> {
    const running = range(1, PROCESSES).map(() => this.#start(pace));
    for (const _ of range(1, kills)) {
      const index = this.random.below(PROCESSES);
      await busy(running[index]!);
      await this.random.pause(100);
      await running[index]!.killed();
      running[index] = this.#start(pace);
    }
    await until(() => this.#said('published').length >= events, 'all are published', TIMEOUT_MS);
    await Promise.all(running.map(ended));
    if (!this.alone) await this.#handledRest();
    return this.#outcome();
  }

  #start(pace?: number): Program {
    const name = `${this.#all.length}`;
    const publishing: Publishing = { where: this.place.where, alone: this.alone, name, ...(pace && { pace }) };
    const program = new Program(this.script, publishing);
    this.#all.push(program);
    return program;
  }

  /** Another process handles what those that were killed have left behind. */
  async #handledRest(): Promise<void> {
    const last = this.#start();
    const done = (): boolean => {
      const { unhandled, unfollowed } = this.#outcome();
      return unhandled + unfollowed === 0;
    };
    // What is missing in the end is told by the figures.
    await until(done, 'everything is handled', TIMEOUT_MS).catch(() => undefined);
    await ended(last);
  }

  #said(what: string): string[] {
    return this.#all.flatMap(({ printed }) =>
      printed.flatMap(line => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : [])),
    );
  }

  #outcome(): Outcome {
    const published = this.#said('published');
    const handled = this.#said('handled');
    const [noted, followed] = [new Set(handled), new Set(this.#said('followed'))];
    return {
      published: published.length,
      unhandled: published.filter(id => !noted.has(id)).length,
      unfollowed: published.filter(id => !followed.has(id)).length,
      twice: handled.length - noted.size,
    };
  }
}

const busy = (program: Program): Promise<void> =>
  until(() => program.lines.some(line => line.startsWith('published ')), 'the process publishes', TIMEOUT_MS);

async function ended(program: Program): Promise<void> {
  await until(() => program.lines.includes('ready'), 'the process is ready', TIMEOUT_MS);
  program.send('SIGTERM');
  await program.finished();
}
