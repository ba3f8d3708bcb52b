import type { RecordedEvent } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { range } from '../../support/events';
import { below, type Figure, none, type Subject, some, told } from '../../support/figures';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { everything } from '../../support/stores/whole-stores';
import { pause, until } from '../../support/waiting';
import { Fleet, wrongStates } from './fleet';
import { type Ticked, type Ticks, tickers, ticking } from './ticking';

const PROCESSES = 3;
const TIMEOUT_MS = 120_000;
const AT_ONCE = 50;

export interface DeadlineKills {
  readonly instances: number;
  /** How many deadlines each has, one after the other. */
  readonly times: number;
  /** Milliseconds between two deadlines of an instance. During the first of these nothing is killed. */
  readonly every: number;
  readonly kills: number;
}

/** Lets deadlines fire while one of three processes is killed, again and again. */
export const killedDeadlines = (name: 'SQLite' | 'PostgreSQL', sizes: DeadlineKills, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('managing-process', folder, __dirname);
    const { instances, times, kills } = sizes;
    const done = `${instances * times} deadlines, ${kills} times one of three processes killed`;
    const subject: Subject = { item: '17', store: name, seed, done };
    const deadlines = (): Deadlines => new Deadlines(places(), script, new Random(seed));
    const { early, twice, missing, states, quiet, late } = await deadlines().played(sizes);
    const frozen = { ...subject, done: 'a process stopped while it stores that a deadline has fired' };
    const control = { ...subject, done: 'the same without a fence' };
    return [
      none(subject, 'deadlines that fired early', early),
      none(subject, 'deadlines that fired twice', twice),
      none(subject, 'deadlines that did not fire', missing),
      none(subject, 'states that differ from what the inputs make', states),
      below(subject, 'longest delay before the first kill', Math.max(...quiet), 1000, 'ms'),
      told(
        subject,
        'delay while processes are killed',
        `p50 ${quantile(late, 0.5)} ms, p99 ${quantile(late, 0.99)} ms`,
      ),
      none(frozen, 'states that differ from what the inputs make', await deadlines().stopped(true)),
      some(control, 'states that differ from what the inputs make', await deadlines().stopped(false)),
    ];
  });

interface Outcome {
  readonly early: number;
  readonly twice: number;
  readonly missing: number;
  readonly states: number;
  /** From when a deadline was due until its effect was recorded, in milliseconds: before the first kill, and after it. */
  readonly quiet: readonly number[];
  readonly late: readonly number[];
}

class Deadlines {
  readonly #fleet: Fleet;
  readonly #store: EventStore;

  constructor(place: DurablePlace, script: string, random: Random) {
    this.#store = place.store;
    this.#fleet = new Fleet(place, script, random, 'ticking');
  }

  async played({ instances, times, every, kills }: DeadlineKills): Promise<Outcome> {
    const ids = range(1, instances).map(n => `ticker-${n}`);
    await this.#fleet.start(PROCESSES);
    // Time to begin with all of them.
    const start = Date.now() + 500 + 4 * instances;
    const ticksOf = (index: number): Ticks => ({ at: start + Math.floor((index * every) / instances), every, times });
    for (let at = 0; at < instances; at += AT_ONCE)
      await Promise.all(ids.slice(at, at + AT_ONCE).map((id, n) => this.#does('Begin', id, ticksOf(at + n))));
    await pause(start + every - Date.now());
    for (let kill = 0; kill < kills; kill++) {
      await this.#fleet.kill(((times - 1) * every) / kills);
      await this.#does('Note', ids[kill % instances]!);
    }
    const isDone = async (): Promise<boolean> => {
      await pause(200);
      return (await this.#ticked()).length >= instances * times;
    };
    // What is missing in the end is told by the figures.
    await until(isDone, 'all have fired', TIMEOUT_MS).catch(() => undefined);
    await pause(500);
    await this.#fleet.end();
    return this.#outcome(ids, times, start + every);
  }

  /** Stops a process in a commit, lets another one take over, and lets the first one go on; returns the wrong states. */
  async stopped(fenced: boolean): Promise<number> {
    const [first] = await this.#fleet.start(1, fenced ? { stopping: true } : { stopping: true, careless: 'fence' });
    await this.#does('Begin', 'ticker-1', { at: Date.now(), every: 100, times: 3 });
    await until(() => first!.lines.includes('committing'), 'a deadline fires');
    const [second] = await this.#fleet.start(1);
    await until(async () => (await this.#ticked()).length === 3, 'another process has taken over');
    await this.#does('Note', 'ticker-1');
    await pause(300);
    first!.send('SIGCONT');
    await pause(800);
    const wrong = await wrongStates(this.#store, ticking, ['ticker-1']);
    await Promise.all([first!.gone(), second!.gone()]);
    return wrong;
  }

  async #outcome(ids: readonly string[], times: number, firstKill: number): Promise<Outcome> {
    const ticked = await this.#ticked();
    const known = new Set(ticked.map(({ aggregateId, payload }) => `${aggregateId} ${payload.n}`));
    const delays = ticked.map(({ payload, recordedAt }) => ({
      ...{ dueAt: payload.dueAt, delay: Date.parse(recordedAt) - payload.dueAt },
    }));
    const delaysOf = (isQuiet: boolean): number[] =>
      delays.filter(({ dueAt }) => dueAt < firstKill === isQuiet).map(({ delay }) => delay);
    return {
      early: delays.filter(({ delay }) => delay < 0).length,
      twice: ticked.length - known.size,
      missing: ids.length * times - known.size,
      states: await wrongStates(this.#store, ticking, ids),
      ...{ quiet: delaysOf(true), late: delaysOf(false) },
    };
  }

  async #ticked(): Promise<RecordedEvent<Ticked>[]> {
    const events = await everything(this.#store);
    return events.filter(({ name }) => name === 'Ticked') as RecordedEvent<Ticked>[];
  }

  async #does(name: string, id: string, more: object = {}): Promise<void> {
    this.#flow ??= tickers(this.#store);
    await this.#flow.dispatch({ name, message: { id, ...more } });
  }

  #flow: ReturnType<typeof tickers> | undefined;
}

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length * part)] ?? 0;
