import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type ProcessDefinition, ProcessEngine, ProcessManagers } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { projectionsOf } from '../../support/counting';
import { Program } from '../../support/programs';
import type { Random } from '../../support/random';
import type { DurablePlace } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import type { Managing } from './managing-process';

const LEASE_MS = 400;

/** Several processes of the operating system that run a process manager on one store. */
export class Fleet {
  readonly #programs: Program[] = [];

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
    private readonly story: Managing['story'],
  ) {}

  /** Starts some, and waits until they work. */
  async start(count: number, more: Partial<Managing> = {}): Promise<readonly Program[]> {
    const started = Array.from({ length: count }, () => this.#program(more));
    this.#programs.push(...started);
    await Promise.all(started.map(works));
    return started;
  }

  /** Kills one of them at some moment, and starts another one. */
  async kill(longestPause: number): Promise<void> {
    const index = this.random.below(this.#programs.length);
    await this.random.pause(longestPause);
    await this.#programs[index]!.killed();
    this.#programs[index] = this.#program({});
    await works(this.#programs[index]);
  }

  /** Stops one of them when it has sent a command and not stored that, until others have taken over from it. */
  async freeze(): Promise<void> {
    const program = this.#programs[this.random.below(this.#programs.length)]!;
    const before = program.length;
    await until(() => program.linesAfter(before).includes('sending'), 'a command is sent');
    program.send('SIGSTOP');
    await sleep(2 * LEASE_MS);
    program.send('SIGCONT');
  }

  /** Replaces each of them by one of another version of the code, one after the other. */
  async roll(version: number): Promise<void> {
    for (const [index, program] of this.#programs.entries()) {
      this.#programs[index] = this.#program({ version });
      await works(this.#programs[index]);
      program.send('SIGTERM');
      await program.finished();
    }
  }

  /** Asks all of them to end. */
  async end(): Promise<void> {
    for (const program of this.#programs) program.send('SIGTERM');
    await Promise.all(this.#programs.map(program => program.finished()));
  }

  #program(more: Partial<Managing>): Program {
    const { where } = this.place;
    return new Program(this.script, { where, leaseDuration: LEASE_MS, story: this.story, ...more } satisfies Managing);
  }
}

const works = (program: Program): Promise<void> =>
  until(() => program.lines.includes('started'), 'a process has started');

/** Returns how many instances have another state than what their inputs make. */
export async function wrongStates(
  store: EventStore,
  definition: ProcessDefinition,
  instances: Iterable<string>,
): Promise<number> {
  const projections = projectionsOf(store);
  const engine = new ProcessEngine(NO_COMMANDS, projections.processes!, projections, () => Date.now());
  const manager = new ProcessManagers([definition], engine, store, () => undefined).of(definition);
  let wrong = 0;
  for (const instance of instances) {
    const { steps } = await manager.history(instance);
    const last = steps.findLast(({ state }) => state !== undefined)?.state;
    if (!isDeepStrictEqual((await manager.get(instance))?.state, last)) wrong++;
  }
  return wrong;
}

const NO_COMMANDS = {
  checkedName: () => '',
  revive: ({ name, data }: { name: string; data: object }) => ({ name, message: data }),
  dispatch: () => Promise.reject(new Error('nothing is sent')),
};

/** Returns the names of the events of each order, in their order. */
export async function eventsOf(store: EventStore): Promise<ReadonlyMap<string, string[]>> {
  const byOrder = new Map<string, string[]>();
  for (let after = 0n; ; ) {
    const page = await store.readAll({ after, limit: 1000 });
    for (const { aggregateId, name } of page) byOrder.set(aggregateId, [...(byOrder.get(aggregateId) ?? []), name]);
    if (page.length < 1000) return byOrder;
    after = page.at(-1)!.position;
  }
}

/** Returns how many names come again. */
export const repeated = (names: readonly string[]): number => names.length - new Set(names).size;
