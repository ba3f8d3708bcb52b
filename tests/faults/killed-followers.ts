import type { EventStore } from '../../src/store';
import { happened, range, to, until } from '../postgres/database';
import { everything } from '../sqlite/files';
import { type Differences, differences, isSame } from './counting';
import { below, type Figure, none, type Subject, some, told } from './figures';
import { built, Program } from './programs';
import { Random } from './random';
import type { Serving } from './serving-process';
import { withDurable } from './stores';
import type { Where } from './where';

const PROCESSES = 3;
/** So many that no segment is without any. */
const STREAMS = 60;
const CARELESS_CYCLES = 60;
const PATIENCE = 12_000;
/** Within so many milliseconds a process that is asked to end has ended. */
const END = 10_000;
const SERVING = { segments: 4, leaseDuration: 400 };

export interface FollowerKills {
  /** In every second one a process is killed, in the others one is asked to end. */
  readonly cycles: number;
}

/** Ends one of three processes that follow, again and again, while events come. */
export const killedFollowers = (name: 'SQLite' | 'PostgreSQL', sizes: FollowerKills, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('serving-process', folder);
    const subject: Subject = { item: '7, 13', store: name, done: `${sizes.cycles} times one of three following processes ended`, seed };
    const [place, other] = [places(), places()];
    const following = await new Following(place.store, place.where, script, new Random(seed)).played(sizes.cycles);
    const careless = await new Following(other.store, other.where, script, new Random(seed)).carelessly();
    return figures(subject, following, careless);
  });

interface Outcome {
  readonly written: number;
  readonly documents: Differences;
  readonly notedTwice: number;
  readonly notNoted: number;
  /** Of those asked to end: how long it took, and how many said something after they had closed. */
  readonly ends: readonly number[];
  readonly sayAfterwards: number;
}

class Following {
  #over = false;
  readonly #ends: number[] = [];
  #sayAfterwards = 0;

  constructor(
    private readonly store: EventStore,
    private readonly where: Where,
    private readonly script: string,
    private readonly random: Random,
  ) {}

  async played(cycles: number): Promise<Outcome> {
    await this.store.append([to('0', 'any')]);
    const programs = range(1, PROCESSES).map(() => this.#start());
    const writing = this.#write();
    for (const cycle of range(1, cycles)) {
      const index = this.random.below(PROCESSES);
      await this.#busy(programs[index]!);
      await this.random.pause(20);
      if (cycle % 2 === 0) await this.#ended(programs[index]!);
      else await programs[index]!.killed();
      programs[index] = this.#start();
    }
    this.#over = true;
    const written = 1 + (await writing);
    // What does not hold in the end is in the figures.
    await until(() => this.#isDone(), 'everything is followed', PATIENCE).catch(() => undefined);
    await Promise.all(programs.map(program => this.#ended(program)));
    return { written, documents: await differences(this.store, 'counts'), ...(await this.#notes()), ...this.#told() };
  }

  /** Kills a careless process again and again, until its documents are wrong. */
  async carelessly(): Promise<Differences> {
    await this.store.append([to('0', 'any')]);
    const writing = this.#write();
    let found: Differences = { lost: 0, doubled: 0, disorder: 0 };
    for (let cycle = 0; cycle < CARELESS_CYCLES && found.doubled === 0; cycle++) {
      const program = this.#start(true);
      await this.#busy(program);
      await this.random.pause(20);
      await program.killed();
      found = await differences(this.store, 'careless');
    }
    this.#over = true;
    await writing;
    return found;
  }

  #start(careless = false): Program {
    return new Program(this.script, { where: this.where, ...SERVING, ...(careless && { careless, leaseDuration: 20 }) } satisfies Serving);
  }

  #busy(program: Program): Promise<void> {
    // The first line says only that it is ready.
    const before = Math.max(1, program.length);
    return until(() => program.length > before, 'the process follows', PATIENCE);
  }

  async #ended(program: Program): Promise<void> {
    await until(() => program.length > 0, 'the process is ready', PATIENCE);
    const asked = performance.now();
    program.send('SIGTERM');
    const lines = await program.finished();
    this.#ends.push(performance.now() - asked);
    if (lines.at(-1) !== 'closed') this.#sayAfterwards++;
  }

  async #write(): Promise<number> {
    let written = 0;
    while (!this.#over) {
      const events = range(0, this.random.below(3)).map(n => happened({ n }));
      await this.store.append([to(`${this.random.below(STREAMS)}`, 'any', ...events)]);
      written += events.length;
      await this.random.pause(10);
    }
    return written;
  }

  async #isDone(): Promise<boolean> {
    return isSame(await differences(this.store, 'counts')) && (await this.#notes()).notNoted === 0;
  }

  async #notes(): Promise<{ notedTwice: number; notNoted: number }> {
    const events = await everything(this.store);
    const notes = events.filter(({ name }) => name === 'Noted').map(({ payload }) => (payload as { of: string }).of);
    const noted = new Set(notes);
    const notNoted = events.filter(({ name, id }) => name === 'Happened' && !noted.has(id)).length;
    return { notedTwice: notes.length - noted.size, notNoted };
  }

  #told(): Pick<Outcome, 'ends' | 'sayAfterwards'> {
    return { ends: this.#ends, sayAfterwards: this.#sayAfterwards };
  }
}

function figures(subject: Subject, outcome: Outcome, careless: Differences): Figure[] {
  const { written, documents, notNoted, notedTwice, ends, sayAfterwards } = outcome;
  const control = { ...subject, done: 'a projection that moves its checkpoint in a transaction of its own, killed' };
  return [
    told(subject, 'events written', `${written}`),
    none(subject, 'events lost in documents', documents.lost),
    none(subject, 'events twice in documents', documents.doubled),
    none(subject, 'events out of order in documents', documents.disorder),
    none(subject, 'events without the effect of a listener that dispatches', notNoted),
    none(subject, 'effects twice', notedTwice),
    none(subject, 'processes that did something after they had closed', sayAfterwards),
    none(subject, 'processes that took longer than 10 s to end', ends.filter(time => time > END).length),
    below({ ...subject, done: `${ends.length} processes asked to end` }, 'longest end', Math.max(...ends), END, 'ms'),
    some(control, 'events twice in documents', careless.doubled),
  ];
}
