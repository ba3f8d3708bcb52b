import { setTimeout as sleep } from 'node:timers/promises';
import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';
import { segmentOf } from '../../../src/processing/definition/sequence';
import { lent } from '../../support/beside';
import { type Differences, differences, projectionsOf } from '../../support/counting';
import { range } from '../../support/events';
import { below, type Figure, type Subject, some, told } from '../../support/figures';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import type { Where } from '../../support/stores/where';
import { until } from '../../support/waiting';
import type { Serving } from '../programs/serving-process';
import { ServingProgram } from '../programs/serving-program';
import { type Processed, ProcessedStore, processedFigures } from './processed-store';

const PROCESSES = 3;
const CARELESS_CYCLES = 30;
const SERVING = { segments: 4, leaseDuration: 400, slow: 4 };
/** Within so many milliseconds others have taken over what a frozen process had. */
const LATEST = SERVING.leaseDuration + 1000;
/** A careless process that goes on commits within so many milliseconds, if it does. */
const LATE_COMMIT = 1000;
/** Then it is thawed in any case: others that wait for the lock on its file give up after 5 s. */
const LONGEST_FREEZE = 3000;
const TIMEOUT_MS = 60_000;
/** How often processes are frozen in a handler once more until a late commit of one was refused. */
const REFUSAL_TRIES = 20;
const LATE_IN_FILE = `takeovers that took longer than ${LATEST} ms, and how many from one that held the lock on the file`;

export interface Freezes {
  /** How many times a process is frozen while it is in a handler. */
  readonly inHandlers: number;
  /** How many times at whatever moment it happens to be. */
  readonly anywhere: number;
}

/**
 * Freezes one of three processes that follow until the others have taken its segments over, again and again, while
 * events come.
 */
export const frozen = (name: 'SQLite' | 'PostgreSQL', sizes: Freezes, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('../programs/serving-process', folder, __dirname);
    const freezing = (): Freezing => new Freezing(places(), script, new Random(seed));
    return figures(name, seed, await freezing().played(sizes), await freezing().carelessly());
  });

interface Outcome extends Processed {
  /** How long it took until others had handled events of all segments of a frozen process, in milliseconds. */
  readonly inHandlers: readonly number[];
  readonly anywhere: readonly number[];
  /** How many of these held the lock on the file meanwhile. */
  readonly locking: number;
  /** How many commits were refused because another process had the segment. */
  readonly refused: number;
}

/** Freezes a process, and returns when that was. */
type Freeze = (program: ServingProgram) => Promise<number>;

const inHandler: Freeze = program => program.frozenInHandler();

const atOnce: Freeze = async program => {
  program.send('SIGSTOP');
  return Date.now();
};

class Freezing {
  readonly #processed: ProcessedStore;
  /** The segment of each event, by its position. */
  readonly #segments = new Map<string, number>();
  #last = 0n;
  #locking = 0;
  #programs: readonly ServingProgram[] = [];

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
  ) {
    this.#processed = new ProcessedStore(place.store, random, ({ position, aggregateName, aggregateId }) => {
      this.#segments.set(`${position}`, segmentOf(`${aggregateName}/${aggregateId}`, SERVING.segments));
      this.#last = position;
    });
  }

  played({ inHandlers, anywhere }: Freezes): Promise<Outcome> {
    return this.#among({ where: this.place.where, ...SERVING }, async () => {
      const times = {
        inHandlers: await this.#takeovers(inHandlers, inHandler),
        anywhere: await this.#takeovers(anywhere, atOnce),
      };
      // One that notices that it has lost its segment before it commits is not refused.
      for (let tries = 0; tries < REFUSAL_TRIES && this.#refused === 0; tries++) await this.#takeover(inHandler);
      await this.#processed.stop();
      await this.#processed.settled();
      await Promise.all(this.#programs.map(program => program.ended()));
      return { ...(await this.#processed.processed()), ...times, locking: this.#locking, refused: this.#refused };
    });
  }

  /** Freezes careless processes, which have a lease too, until their documents are wrong. */
  carelessly(): Promise<Differences> {
    return this.#among({ where: this.place.where, ...SERVING, slow: 1, careless: true }, async () => {
      for (let cycle = 0; cycle < CARELESS_CYCLES && (await this.#careless()).disorder === 0; cycle++) {
        const { program: holder } = await this.#nextToHandle();
        await inHandler(holder);
        const before = await this.#checkpoint();
        await until(
          async () => (await this.#checkpoint()) > before,
          'another has taken over and committed',
          TIMEOUT_MS,
        );
        holder.send('SIGCONT');
        const isWrong = async (): Promise<boolean> => (await this.#careless()).disorder > 0;
        await until(isWrong, 'it has committed late', LATE_COMMIT).catch(() => undefined);
      }
      await this.#processed.stop();
      await until(async () => (await this.#checkpoint()) >= this.#last, 'everything is followed', TIMEOUT_MS);
      return this.#careless();
    });
  }

  /** How far the careless ones are. */
  #checkpoint(): Promise<bigint> {
    return projectionsOf(this.place.store).checkpoint({ projection: 'careless', version: 1, segment: 0 });
  }

  /** How many late commits were refused so far. */
  get #refused(): number {
    return this.#programs.flatMap(({ lines }) => lines).filter(line => line === 'refused').length;
  }

  #careless(): Promise<Differences> {
    return differences(this.place.store, 'careless');
  }

  /** Does something among three processes while events come. */
  async #among<T>(serving: Serving, work: () => Promise<T>): Promise<T> {
    return this.#processed.while(async () => {
      this.#programs = range(1, PROCESSES).map(() => new ServingProgram(this.script, serving));
      // One that is still frozen would stay so for ever.
      return lent(work, () => Promise.all(this.#programs.map(program => program.gone())));
    });
  }

  async #takeovers(count: number, freeze: Freeze): Promise<number[]> {
    const times: number[] = [];
    while (times.length < count) {
      const time = await this.#takeover(freeze);
      if (time !== undefined) times.push(time);
    }
    return times;
  }

  /**
   * Returns how long the others took to take a frozen process over; undefined where it had just given all its segments
   * away.
   */
  async #takeover(freeze: Freeze): Promise<number | undefined> {
    const before = this.#marks();
    const isShared = (): boolean => {
      const taken = this.#programs.map(program => this.#lastTaken(program, before));
      return (
        taken.every(each => each.size > 0) && new Set(taken.flatMap(each => [...each.keys()])).size === SERVING.segments
      );
    };
    await until(isShared, 'the processes share the segments', TIMEOUT_MS);
    const program = this.#programs[this.random.below(PROCESSES)]!;
    await this.random.pause(100);
    const since = await freeze(program);
    // What it has said before is still on its way.
    await sleep(10);
    const had = this.#segmentsOf(program, before);
    const frozen = this.#marks();
    const others = this.#programs.filter(each => each !== program);
    const isTakenOver = (): boolean =>
      had.every(segment => others.some(other => this.#lastTaken(other, frozen).has(segment)));
    await until(isTakenOver, 'the segments are taken over', LONGEST_FREEZE).catch(() => undefined);
    const time = Date.now() - since;
    if (time > LATEST && isLocked(this.place.where)) this.#locking++;
    await this.random.pause(300);
    program.send('SIGCONT');
    return had.length > 0 ? time : undefined;
  }

  /** The segments of whose events this process, and no other, has taken the last ones. */
  #segmentsOf(program: ServingProgram, from: ReadonlyMap<ServingProgram, number>): number[] {
    const others = this.#programs.filter(each => each !== program).map(each => this.#lastTaken(each, from));
    const own = this.#lastTaken(program, from);
    return [...own]
      .filter(([segment, last]) => others.every(each => (each.get(segment) ?? 0n) < last))
      .map(([segment]) => segment);
  }

  /** Returns the last position of each segment that a process has taken since it had printed so much. */
  #lastTaken(program: ServingProgram, from: ReadonlyMap<ServingProgram, number>): ReadonlyMap<number, bigint> {
    const last = new Map<number, bigint>();
    for (const position of program.handled(from.get(program)!)) {
      const segment = this.#segments.get(position);
      if (segment !== undefined) last.set(segment, BigInt(position));
    }
    return last;
  }

  /** How much each process has printed. */
  #marks(): ReadonlyMap<ServingProgram, number> {
    return new Map(this.#programs.map(program => [program, program.length]));
  }

  /** Waits until a process takes an event: among careless ones the one that has the lease. */
  async #nextToHandle(): Promise<{ program: ServingProgram }> {
    const from = this.#marks();
    const found = (): ServingProgram | undefined =>
      this.#programs.find(program => program.handled(from.get(program)!).length > 0);
    await until(() => found() !== undefined, 'a process follows', TIMEOUT_MS);
    return { program: found()! };
  }
}

/** Tells whether the lock on a file is held for longer than a transaction takes. */
function isLocked(where: Where): boolean {
  if (!('file' in where)) return false;
  const connection = loadDriver().open(where.file);
  try {
    connection.exec('pragma busy_timeout = 200; begin immediate; rollback');
    return false;
  } catch {
    return true;
  } finally {
    connection.close();
  }
}

function figures(store: string, seed: number, outcome: Outcome, careless: Differences): Figure[] {
  const { inHandlers, anywhere, locking, refused } = outcome;
  const subject = (done: string): Subject => ({ item: 9, store, done, seed });
  const handling = subject(`${inHandlers.length} times a process frozen in a handler`);
  const anytime = subject(`${anywhere.length} times a process frozen at any moment`);
  return [
    ...promised(handling, inHandlers),
    // A process that is frozen in the middle of writing into a file keeps all others from it.
    ...(store === 'SQLite'
      ? [told(anytime, LATE_IN_FILE, `${late(anywhere)}, ${locking}`)]
      : promised(anytime, anywhere)),
    ...processedFigures(subject('the same, all of them'), outcome),
    some(subject('the same, all of them'), 'late commits refused', refused),
    some(
      subject('a projection with a lease but no fence, frozen in a handler'),
      'events lost, twice or out of order',
      total(careless),
    ),
  ];
}

const total = ({ lost, doubled, disorder }: Differences): number => lost + doubled + disorder;

const promised = (subject: Subject, times: readonly number[]): Figure[] => [
  below(subject, 'longest takeover', Math.max(...times), LATEST, 'ms'),
  told(subject, 'takeovers that took longer', `${late(times)}`),
];

const late = (times: readonly number[]): number => times.filter(time => time > LATEST).length;
