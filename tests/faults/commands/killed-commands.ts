import { range } from '../../support/events';
import { below, type Figure, none, type Subject, some, told } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import type { Where } from '../../support/stores/where';
import { until } from '../../support/waiting';
import type { Carrying } from './carrying-process';
import { wrongEffects } from './repeated-commands';

/** How many commands a process carries out when it is ended. */
const COMMANDS = 9;
/** How long a command takes at most, in milliseconds. */
const LONGEST = 100;
/**
 * So many answers a process has given at least before its commands are repeated without ids: one of them had an effect.
 */
const ENOUGH = 4;
/** How long after an answer a process is killed at most, in milliseconds. */
const MOMENT = 20;
/** How long others wait for a command without a sign of life from its process; see `idempotent-commands.ts`. */
const LEASE = 5000;
const TIMEOUT_MS = 60_000;

export interface CommandKills {
  /** How many processes are killed in all, and how many at the same time: each wait for a lease takes seconds. */
  readonly kills: number;
  readonly atOnce: number;
}

/**
 * Kills processes that carry out commands with ids, and has other processes repeat these commands; freezes others in a
 * handler until a repetition is carried out, and lets them go on.
 */
export const killedCommands = (name: 'SQLite' | 'PostgreSQL', sizes: CommandKills, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('carrying-process', folder, __dirname);
    const killed: Subject = {
      item: 'ids',
      store: name,
      done: `${sizes.kills} processes killed, commands repeated by others`,
      seed,
    };
    const frozen = { ...killed, done: `${sizes.kills} processes frozen, commands repeated by others` };
    // Each mostly waits for leases: at the same time, on data of its own.
    const [kill, freeze, careless] = await Promise.all([
      ended(places(), script, sizes, seed, true),
      ended(places(), script, { ...sizes, freeze: true }, seed, true),
      ended(places(), script, { kills: 1, atOnce: 1 }, seed, false),
    ]);
    return [
      told(killed, 'commands that were answered before', `${kill.answered} of ${sizes.kills * COMMANDS}`),
      ...figures(killed, kill),
      ...figures(frozen, freeze),
      some({ ...killed, done: 'commands repeated without ids' }, 'with an effect missing or twice', careless.wrong),
    ];
  });

const figures = (subject: Subject, { wrong, refused, otherwise, slowest }: Outcome): Figure[] => [
  none(subject, 'commands with an effect missing or twice', wrong),
  none(subject, 'repetitions that were refused', refused),
  none(subject, 'answers that differ from each other', otherwise),
  below(subject, 'the slowest repetition', slowest, LEASE + 1000, 'ms'),
];

interface Outcome {
  /** How many commands were answered before their process was killed. */
  readonly answered: number;
  /** How many have not exactly their effects. */
  readonly wrong: number;
  readonly refused: number;
  /** How many were answered differently by the two processes. */
  readonly otherwise: number;
  /** How long the slowest repetition took, in milliseconds. */
  readonly slowest: number;
}

interface Repetition {
  readonly before: readonly Answer[];
  readonly after: readonly Answer[];
}

interface Answer {
  readonly number: number;
  readonly took: number;
  readonly text: string;
}

/** Ends processes in the middle of their commands, some at once, and has the commands repeated. */
async function ended(
  { store, where }: DurablePlace,
  script: string,
  { kills, atOnce, freeze = false }: CommandKills & { readonly freeze?: boolean },
  seed: number,
  identified: boolean,
): Promise<Outcome> {
  await store.readAll({ limit: 1 });
  const random = new Random(seed);
  const repetitions: Repetition[] = [];
  const handOver = new HandOver(script, where, freeze, identified);
  for (let from = 0; from < kills; from += atOnce) {
    const victims = range(from, Math.min(from + atOnce, kills) - 1);
    repetitions.push(
      ...(await Promise.all(victims.map(victim => handOver.play(victim, new Random(random.below(2 ** 31)))))),
    );
  }
  const pairs = repetitions.flatMap(({ before, after }) =>
    before.map(each => [each, after.find(({ number }) => number === each.number)]),
  );
  const after = repetitions.flatMap(({ after }) => after);
  return {
    answered: pairs.length,
    wrong: await wrongEffects(store, kills * COMMANDS),
    refused: kills * COMMANDS - after.filter(({ text }) => !text.startsWith('error')).length,
    otherwise: pairs.filter(([first, again]) => first!.text !== again?.text).length,
    slowest: Math.max(...after.map(({ took }) => took)),
  };
}

class HandOver {
  constructor(
    private readonly script: string,
    private readonly where: Where,
    private readonly freeze: boolean,
    private readonly identified: boolean,
  ) {}

  /**
   * Ends one process, and returns the answers that it gave, and those of the process that repeats all of its commands.
   */
  async play(victim: number, random: Random): Promise<Repetition> {
    const { where, identified } = this;
    const carrying: Carrying = {
      ...{ where, identified, longest: LONGEST, seed: random.below(2 ** 31) },
      numbers: range(victim * COMMANDS + 1, (victim + 1) * COMMANDS),
    };
    const first = new Program(this.script, { ...carrying, freeze: this.freeze } satisfies Carrying);
    const killed = this.freeze ? undefined : await this.#killed(first, random);
    if (this.freeze)
      await until(() => first.lines.length === 2 * COMMANDS - 1, 'the process freezes in its last command', TIMEOUT_MS);
    const second = new Program(this.script, { ...carrying, longest: 0 } satisfies Carrying);
    const after = answersOf(await second.finished());
    first.send('SIGCONT');
    return { before: answersOf(killed ?? (await first.finished())), after };
  }

  async #killed(program: Program, random: Random): Promise<string[]> {
    const answers = this.identified ? random.below(COMMANDS) : ENOUGH;
    const enough = (): boolean => program.lines.length > 0 && answersOf(program.lines).length >= answers;
    await until(enough, 'the process carries commands out', TIMEOUT_MS);
    await random.pause(MOMENT);
    await program.gone();
    return program.lines;
  }
}

const answersOf = (lines: readonly string[]): Answer[] =>
  lines
    .filter(line => line !== 'running')
    .map(line => {
      const [, number, took, text] = /^(\d+) (\d+) (.*)$/.exec(line)!;
      return { number: Number(number), took: Number(took), text: text! };
    });
