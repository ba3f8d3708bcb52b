import { range } from '../../support/events';
import { built, Program } from '../../support/programs';
import type { Random } from '../../support/random';
import { until } from '../../support/waiting';
import type { Working } from './working';

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

export interface ApplicationKills {
  /** For how many events the applications act at least. */
  readonly events: number;
  readonly kills: number;
  /** The pause between two events of a process, in milliseconds. */
  readonly pace: number;
}

/** Makes one script of a program of this folder. */
export const builtHere = (name: string, folder: string): string => built(name, folder, __dirname, OPTIONAL);

/** Three Nest applications on one store, of which one is killed, again and again, and what all of them have said. */
export class KilledApplications {
  readonly #all: Program[] = [];
  readonly #killed = new Set<string>();

  constructor(
    private readonly script: string,
    private readonly random: Random,
    private readonly working: Pick<Working, 'where' | 'alone'>,
  ) {}

  async play({ events, kills, pace }: ApplicationKills): Promise<void> {
    const running = range(1, PROCESSES).map(() => this.#start(pace));
    for (const _ of range(1, kills)) {
      const index = this.random.below(PROCESSES);
      const program = running[index]!;
      await busy(program);
      await this.random.pause(100);
      await program.killed();
      this.#killed.add(nameOf(this.#all.indexOf(program)));
      running[index] = this.#start(pace);
    }
    await until(() => this.said('acknowledged').length >= events, 'all are acknowledged', TIMEOUT_MS);
    await Promise.all(running.map(ended));
  }

  /** Another process handles what those that were killed have left behind. */
  async handleRest(done: () => boolean | Promise<boolean>): Promise<void> {
    const last = this.#start();
    // What is missing in the end is told by the figures.
    await until(done, 'everything is handled', TIMEOUT_MS).catch(() => undefined);
    await ended(last);
  }

  /** The ids of the events of which the applications have said this. */
  said(what: string): string[] {
    return this.#all.flatMap(({ printed }) =>
      printed.flatMap(line => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : [])),
    );
  }

  /** Whether an event is of an application that was killed. */
  isOfKilled(id: string): boolean {
    return this.#killed.has(id.split('-')[0]!);
  }

  #start(pace?: number): Program {
    const name = nameOf(this.#all.length);
    const program = new Program(this.script, { ...this.working, name, ...(pace && { pace }) } satisfies Working);
    this.#all.push(program);
    return program;
  }
}

const nameOf = (index: number): string => `${index}`;

const busy = (program: Program): Promise<void> =>
  until(() => program.lines.some(line => line.startsWith('acknowledged ')), 'the process acts', TIMEOUT_MS);

async function ended(program: Program): Promise<void> {
  await until(() => program.lines.includes('ready'), 'the process is ready', TIMEOUT_MS);
  program.send('SIGTERM');
  await program.finished();
}

/** Returns the ids of which nothing is said. */
export function missing(ids: readonly string[], said: Iterable<string>): string[] {
  const known = new Set(said);
  return ids.filter(id => !known.has(id));
}

/** Returns how many ids come again. */
export const again = (ids: readonly string[]): number => ids.length - new Set(ids).size;
