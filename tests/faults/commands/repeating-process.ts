import { Random } from '../../support/random';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { repeated, repeatingFlow, withoutJournal } from './repeating';

/** What the repeating process is to do. */
export interface Repeating {
  readonly where: Where;
  /** How often it dispatches each command. */
  readonly times: number;
  readonly seed: number;
  /** Without it the process knows the commands of its own only. */
  readonly journal: boolean;
}

/**
 * What became of one round in one process: how often the command was carried out there, and what its callers were told.
 */
export interface Round {
  readonly runs: number;
  readonly answers: readonly string[];
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that plays a round at each SIGUSR2, of the command with the next number, and prints what became of it,
 * until it is told to end.
 */
async function main({ where, times, seed, journal }: Repeating): Promise<void> {
  const store = openAt(where);
  const random = new Random(seed);
  let [number, runs] = [0, 0];
  const flow = repeatingFlow(journal ? store : withoutJournal(store), () => ++runs);
  const staying = setInterval(() => {}, 60_000);
  process.on('SIGUSR2', async () => {
    runs = 0;
    const answers = await repeated(flow, ++number, times, random);
    say(JSON.stringify({ runs, answers } satisfies Round));
  });
  process.once('SIGTERM', async () => {
    clearInterval(staying);
    process.removeAllListeners('SIGUSR2');
    await flow.close();
  });
  await store.readAll({ limit: 1 });
  say('ready');
}

main(assignment<Repeating>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
