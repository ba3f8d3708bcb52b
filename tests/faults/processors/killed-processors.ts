import { type Differences, differences } from '../../support/counting';
import { range } from '../../support/events';
import { below, type Figure, none, type Subject, some } from '../../support/figures';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { ServingProgram } from '../programs/serving-program';
import { type Processed, ProcessedStore, processedFigures } from './processed-store';

const PROCESSES = 3;
/** Within so many milliseconds a process that is asked to end has ended. */
const END = 10_000;
const SERVING = { segments: 4, leaseDuration: 400 };

export interface EventProcessorKills {
  /** In every second one a process is killed, in the others one is asked to end. */
  readonly cycles: number;
}

/** Ends one of three processes that follow, again and again, while events come. */
export const killedProcessors = (
  name: 'SQLite' | 'PostgreSQL',
  sizes: EventProcessorKills,
  seed: number,
): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('../programs/serving-process', folder, __dirname);
    const subject: Subject = {
      item: '7, 13',
      store: name,
      done: `${sizes.cycles} times one of three following processes ended`,
      seed,
    };
    const following = (): Following => new Following(places(), script, new Random(seed));
    return figures(subject, await following().played(sizes.cycles), await following().carelessly());
  });

interface Outcome extends Processed {
  /** Of those asked to end: how long it took, and how many said something after they had closed. */
  readonly ends: readonly number[];
  readonly sayAfterwards: number;
}

class Following {
  readonly #processed: ProcessedStore;
  readonly #ends: number[] = [];
  #sayAfterwards = 0;

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
  ) {
    this.#processed = new ProcessedStore(place.store, random);
  }

  played(cycles: number): Promise<Outcome> {
    return this.#processed.while(() => this.#played(cycles));
  }

  async #played(cycles: number): Promise<Outcome> {
    const programs = range(1, PROCESSES).map(() => this.#start());
    for (const cycle of range(1, cycles)) {
      const index = this.random.below(PROCESSES);
      await programs[index]!.busy();
      await this.random.pause(20);
      if (cycle % 2 === 0) await this.#ended(programs[index]!);
      else await programs[index]!.killed();
      programs[index] = this.#start();
    }
    await this.#processed.stop();
    await this.#processed.settled();
    await Promise.all(programs.map(program => this.#ended(program)));
    return { ...(await this.#processed.processed()), ends: this.#ends, sayAfterwards: this.#sayAfterwards };
  }

  /** Kills a careless process when it has written documents and not moved its checkpoint yet, and then another one. */
  carelessly(): Promise<Differences> {
    return this.#processed.while(async () => {
      for (const _ of range(1, 2)) {
        const program = this.#start(true);
        await program.written();
        await program.killed();
      }
      return differences(this.place.store, 'careless');
    });
  }

  #start(careless = false): ServingProgram {
    return new ServingProgram(this.script, {
      where: this.place.where,
      ...SERVING,
      ...(careless && { careless, halting: true, leaseDuration: 20 }),
    });
  }

  async #ended(program: ServingProgram): Promise<void> {
    const asked = performance.now();
    const lines = await program.ended();
    this.#ends.push(performance.now() - asked);
    if (lines.at(-1) !== 'closed') this.#sayAfterwards++;
  }
}

function figures(subject: Subject, outcome: Outcome, careless: Differences): Figure[] {
  const { ends, sayAfterwards } = outcome;
  const control = {
    ...subject,
    done: 'a projection that moves its checkpoint in a transaction of its own, killed in between',
  };
  return [
    ...processedFigures(subject, outcome),
    none(subject, 'processes that did something after they had closed', sayAfterwards),
    none(subject, 'processes that took longer than 10 s to end', ends.filter(time => time > END).length),
    below({ ...subject, done: `${ends.length} processes asked to end` }, 'longest end', Math.max(...ends), END, 'ms'),
    some(control, 'events twice in documents', careless.doubled),
  ];
}
