import { range } from '../support/events';
import { Program } from '../support/programs';
import type { Random } from '../support/random';
import { until } from '../support/waiting';
import type { Soaking } from './soak-process';

const TIMEOUT_MS = 60_000;
const PROCESSES = 3;

/** What the processes have said, one after the other and one beside the other. */
export interface Said {
  /** Ids of what was acknowledged. */
  readonly transfers: ReadonlySet<string>;
  readonly notes: ReadonlySet<string>;
  readonly stale: number;
  /** By what was done and the code of the error, how often. */
  readonly errors: ReadonlyMap<string, number>;
  /** Of the process that is never killed: its memory, each second, in megabytes. */
  readonly memory: readonly number[];
}

/** Three processes of the bank; the first of them is never killed, so that its memory can be looked at. */
export class BankProcesses {
  readonly #transfers = new Set<string>();
  readonly #notes = new Set<string>();
  readonly #errors = new Map<string, number>();
  readonly #memory: number[] = [];
  #stale = 0;
  #started = 0;
  readonly #programs: Program[];

  constructor(
    private readonly script: string,
    private readonly soaking: Omit<Soaking, 'name' | 'seed'>,
    private readonly random: Random,
  ) {
    this.#programs = range(1, PROCESSES).map(() => this.#start());
  }

  async ready(): Promise<void> {
    await until(() => this.#programs.every(({ length }) => length > 0), 'all processes are ready', TIMEOUT_MS);
  }

  /** Kills one, not the first, and starts another. */
  async kill(): Promise<void> {
    const place = 1 + this.random.below(PROCESSES - 1);
    const lines = await this.#programs[place]!.killed();
    this.#take(lines, place);
    this.#programs[place] = this.#start();
    await this.ready();
  }

  /** Freezes one for a while. */
  async freeze(longest: number): Promise<void> {
    const program = this.#programs[this.random.below(PROCESSES)]!;
    program.send('SIGSTOP');
    await this.random.pause(longest);
    program.send('SIGCONT');
  }

  /** Asks all of them to end, and returns what all have said. */
  async ended(): Promise<Said> {
    for (const program of this.#programs) program.send('SIGTERM');
    for (const [place, program] of this.#programs.entries()) this.#take(await program.finished(), place);
    const [transfers, notes, stale, errors, memory] = [
      this.#transfers,
      this.#notes,
      this.#stale,
      this.#errors,
      this.#memory,
    ];
    return { transfers, notes, stale, errors, memory };
  }

  /** Where something went wrong: none is left behind. */
  async gone(): Promise<void> {
    await Promise.all(this.#programs.map(program => program.gone()));
  }

  #start(): Program {
    const name = `p${++this.#started}`;
    return new Program(this.script, { ...this.soaking, name, seed: this.random.below(2 ** 31) } satisfies Soaking);
  }

  #take(lines: readonly string[], place: number): void {
    for (const line of lines) {
      const [word, ...rest] = line.split(' ');
      const what = rest.join(' ');
      if (word === 'transfer') this.#transfers.add(what);
      else if (word === 'note') this.#notes.add(what);
      else if (word === 'stale') this.#stale++;
      else if (word === 'error') this.#errors.set(what, (this.#errors.get(what) ?? 0) + 1);
      else if (word === 'rss' && place === 0) this.#memory.push(Number(what));
    }
  }
}
