import { DeadlockError } from '../../../src/commands';
import type { RetryRule } from '../../../src/concurrency';
import { type EventStore, InMemoryEventStore } from '../../../src/store';
import { range } from '../../support/events';
import { below, exactly, type Figure, none, type Subject, some } from '../../support/figures';
import { built } from '../../support/programs';
import { withDurable, withStores } from '../../support/stores/stores';
import { type StoreName, TESTED } from '../../support/stores/tested';
import { PlayingProgram } from '../programs/playing-program';
import { Counter, increase, opened, sharingFlow } from './sharing';
import type { Sharing } from './sharing-process';

const PARTIES = 2;
/** Whether the processes meet is chance; so often they are given the opportunity, until they have. */
const CONTROL_ROUNDS = 40;

export interface SharingSizes {
  /** How many commands there are at once, in each round. */
  readonly commands: number;
  readonly rounds: number;
  /** How many pairs of commands wait for each other. */
  readonly pairs: number;
}

/**
 * Commands over two aggregates at once, one of them shared, from two processes: all succeed. And commands that wait for
 * each other: one is refused.
 */
export async function sharedAggregates(sizes: SharingSizes, seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const all = sizes.commands * sizes.rounds;
  for (const store of TESTED) {
    const from = store === 'memory' ? 'two flows of one process' : 'two processes';
    const done = `${sizes.commands} commands at once over two aggregates, one shared, from ${from}, ${sizes.rounds} rounds`;
    const subject: Subject = { item: 23, store, done, seed };
    const { errors, count } = await shared(store, sizes, {});
    const once = await shared(store, { ...sizes, rounds: CONTROL_ROUNDS }, { attempts: 1 }, conflicted);
    figures.push(
      none(subject, 'commands that failed', errors.length),
      exactly(subject, 'times the shared one was changed', count, all),
      some(
        { ...subject, done: 'commands that are not tried again' },
        'conflicts',
        once.errors.filter(code => code === 'CONCURRENCY').length,
      ),
    );
  }
  return [...figures, ...(await deadlocked(sizes.pairs, seed))];
}

interface Shared {
  /** The codes of the errors that callers met. */
  readonly errors: readonly string[];
  /** How often the shared aggregate was changed. */
  readonly count: number;
}

type IsEnough = (errors: readonly string[]) => boolean;

const conflicted: IsEnough = errors => errors.includes('CONCURRENCY');

async function shared(
  name: StoreName,
  sizes: SharingSizes,
  retry: RetryRule,
  isEnough: IsEnough = () => false,
): Promise<Shared> {
  const commands = sizes.commands / PARTIES;
  if (name === 'memory') {
    return withStores(name, 1, async ([store]) => {
      const flows = range(1, PARTIES).map(() => sharingFlow(store!, retry));
      return sharedBy(store!, sizes.rounds, isEnough, round =>
        flows.map((flow, party) => opened(flow, party, round, commands)),
      );
    });
  }
  return withDurable(name, async (places, folder) => {
    const { store, where } = places();
    const script = built('sharing-process', folder, __dirname);
    const programs = range(1, PARTIES).map(
      party => new PlayingProgram<string[]>(script, { where, party, commands, retry } satisfies Sharing),
    );
    try {
      await Promise.all(programs.map(program => program.ready()));
      const outcome = await sharedBy(store, sizes.rounds, isEnough, () => programs.map(program => program.play()));
      await Promise.all(programs.map(program => program.end()));
      return outcome;
    } finally {
      for (const program of programs) program.kill();
    }
  });
}

async function sharedBy(
  store: EventStore,
  rounds: number,
  isEnough: IsEnough,
  play: (round: number) => Promise<string[]>[],
): Promise<Shared> {
  const flow = sharingFlow(store);
  await flow.dispatch(increase('shared'));
  const errors: string[] = [];
  for (let round = 1; round <= rounds && !isEnough(errors); round++)
    errors.push(...(await Promise.all(play(round))).flat());
  const { state } = await flow.repository(Counter).load('shared');
  return { errors, count: state.count - 1 };
}

/** Lets the handler of one aggregate await a command to a second one, whose handler awaits one to the first. */
async function deadlocked(pairs: number, seed: number): Promise<Figure[]> {
  const subject: Subject = {
    item: 23,
    store: 'memory',
    done: `${pairs} pairs of commands that wait for each other`,
    seed,
  };
  const flow = sharingFlow(new InMemoryEventStore());
  const start = performance.now();
  const outcomes = await Promise.allSettled(
    range(1, pairs).flatMap(pair => {
      const [left, right] = [`${pair} left`, `${pair} right`];
      return [flow.dispatch(increase(left, increase(right))), flow.dispatch(increase(right, increase(left)))];
    }),
  );
  const took = performance.now() - start;
  await flow.close();
  const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const named = errors.filter(error => error instanceof DeadlockError && /left.*right|right.*left/.test(error.message));
  return [
    exactly(subject, 'commands refused, naming both', named.length, pairs),
    exactly(subject, 'commands that went on', outcomes.length - errors.length, pairs),
    below(subject, 'all of it', took, 1000, 'ms'),
  ];
}
