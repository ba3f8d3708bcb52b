import { Random } from '../../support/random';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { answered, repeatingFlow } from './repeating';

/** What the carrying process is to do. */
export interface Carrying {
  readonly where: Where;
  /** The numbers of its commands, which it dispatches at once. */
  readonly numbers: readonly number[];
  /** How long a command takes at most, in milliseconds. */
  readonly longest: number;
  readonly seed: number;
  /** Freezes the process in the handler of the last command, after all others. */
  readonly freeze?: boolean;
  /** Without ids nothing knows the commands again: what the tests must notice. */
  readonly identified?: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A program that carries commands out. It prints `running` when one has begun, and its number, the milliseconds and the
 * answer when it is done.
 */
async function main({ where, numbers, longest, seed, freeze, identified = true }: Carrying): Promise<void> {
  const random = new Random(seed);
  let freezing = false;
  const flow = repeatingFlow(openAt(where), async () => {
    say('running');
    if (freezing) process.kill(process.pid, 'SIGSTOP');
    freezing = false;
    await random.pause(longest);
  });
  const carryOut = async (number: number): Promise<void> => {
    const start = performance.now();
    const answer = await answered(flow, number, identified);
    say(`${number} ${Math.round(performance.now() - start)} ${answer}`);
  };
  await Promise.all((freeze ? numbers.slice(0, -1) : numbers).map(carryOut));
  freezing = freeze === true;
  if (freezing) await carryOut(numbers.at(-1)!);
  await flow.close();
}

main(assignment<Carrying>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
