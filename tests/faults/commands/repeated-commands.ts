import type { EventStore } from '../../../src/store';
import { range } from '../../support/events';
import { exactly, type Figure, none, type Subject, some } from '../../support/figures';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { withDurable, withStores } from '../../support/stores/stores';
import { type StoreName, TESTED } from '../../support/stores/tested';
import { everything } from '../../support/stores/whole-stores';
import { PlayingProgram } from '../programs/playing-program';
import { effectsOf, numbered, repeated, repeatingFlow, withoutJournal } from './repeating';
import type { Repeating, Round } from './repeating-process';

const PARTIES = 3;
const CONTROL_ROUNDS = 10;

export interface RepeatSizes {
  readonly racers: number;
  readonly rounds: number;
}

/**
 * Lets racers dispatch one command with its id, round by round, from three processes: it is carried out once, and all
 * get its outcome.
 */
export async function repeatedCommands(sizes: RepeatSizes, seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const store of TESTED) {
    const from = store === 'memory' ? 'in one process' : `from ${PARTIES} processes`;
    const subject: Subject = {
      item: 'ids',
      store,
      done: `${sizes.racers} racers on one command id ${from}, ${sizes.rounds} rounds`,
      seed,
    };
    const { rounds, wrong } = await played(store, sizes, seed, true);
    const naive = await played(store, { ...sizes, rounds: CONTROL_ROUNDS }, seed, false);
    const control = { ...subject, done: 'a store whose journal of commands is withheld' };
    figures.push(
      exactly(subject, 'rounds with one execution', rounds.filter(({ runs }) => runs === 1).length, sizes.rounds),
      exactly(
        subject,
        'rounds with one outcome',
        rounds.filter(({ answers }) => isOneOutcome(answers, sizes.racers)).length,
        sizes.rounds,
      ),
      none(subject, 'commands with an effect missing or twice', wrong),
      some(
        control,
        `of ${CONTROL_ROUNDS} rounds with several executions`,
        naive.rounds.filter(({ runs }) => runs > 1).length,
      ),
    );
  }
  return figures;
}

const isOneOutcome = (answers: readonly string[], racers: number): boolean =>
  answers.length === racers && new Set(answers).size === 1 && !answers[0]!.startsWith('error');

interface Played {
  readonly rounds: readonly Round[];
  /** How many commands did not have exactly their effects. */
  readonly wrong: number;
}

/** Plays all rounds from several parties at once, and compares the store with the commands. */
async function played(name: StoreName, sizes: RepeatSizes, seed: number, journal: boolean): Promise<Played> {
  if (name === 'memory') {
    return withStores(name, 1, async ([store]) =>
      playedBy(
        range(1, PARTIES).map(() => new Party(store!, journal)),
        store!,
        sizes,
        seed,
      ),
    );
  }
  return withDurable(name, async (places, folder) => {
    const { store, where } = places();
    await store.readAll({ limit: 1 });
    const script = built('repeating-process', folder, __dirname);
    const parties = range(0, PARTIES - 1).map(
      party =>
        new PlayingProgram<Round>(script, {
          where,
          times: shareOf(party, sizes),
          seed: seed + party,
          journal,
        } satisfies Repeating),
    );
    try {
      await Promise.all(parties.map(party => party.ready()));
      return await playedBy(parties, store, sizes, seed);
    } finally {
      for (const party of parties) party.kill();
    }
  });
}

const shareOf = (party: number, { racers }: RepeatSizes): number => Math.ceil((racers - party) / PARTIES);

/** Where a part of the racers of each round are. */
interface Racing {
  play(number: number, times: number, random: Random): Promise<Round>;
  end(): Promise<unknown>;
}

async function playedBy(
  parties: readonly Racing[],
  store: EventStore,
  sizes: RepeatSizes,
  seed: number,
): Promise<Played> {
  const random = new Random(seed);
  const outcomes: Round[] = [];
  for (const number of range(1, sizes.rounds)) {
    const shares = await Promise.all(parties.map((party, index) => party.play(number, shareOf(index, sizes), random)));
    outcomes.push({
      runs: shares.reduce((sum, { runs }) => sum + runs, 0),
      answers: shares.flatMap(({ answers }) => answers),
    });
  }
  const wrong = await wrongEffects(store, sizes.rounds);
  await Promise.all(parties.map(party => party.end()));
  return { rounds: outcomes, wrong };
}

/** Counts the commands that have not exactly the effects that they are to have. */
export async function wrongEffects(store: EventStore, commands: number): Promise<number> {
  const effects = new Map<string, number>();
  for (const { payload } of await everything(store)) {
    const { of } = payload as { of: string };
    effects.set(of, (effects.get(of) ?? 0) + 1);
  }
  return range(1, commands).filter(number => (effects.get(numbered(number).message.id) ?? 0) !== effectsOf(number))
    .length;
}

/** A flow of this process. */
class Party implements Racing {
  #runs = 0;
  readonly #flow;

  constructor(store: EventStore, journal: boolean) {
    this.#flow = repeatingFlow(journal ? store : withoutJournal(store), () => ++this.#runs);
  }

  async play(number: number, times: number, random: Random): Promise<Round> {
    this.#runs = 0;
    const answers = await repeated(this.#flow, number, times, random);
    return { runs: this.#runs, answers };
  }

  end(): Promise<unknown> {
    return this.#flow.close();
  }
}
