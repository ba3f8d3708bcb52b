import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventProcessors } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { countsOf, type Differences, differences, isSame, projectionsOf } from '../../support/counting';
import { range } from '../../support/events';
import { below, exactly, type Figure, noDifferences, none, type Subject, some, told } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { withDurable } from '../../support/stores/stores';
import type { Where } from '../../support/stores/where';
import { until } from '../../support/waiting';
import { CountingProcesses } from '../programs/counting-processes';
import { percentile } from '../programs/lags';
import { eventContext } from '../programs/projecting';
import { SteadyWriter } from '../programs/steady-writer';
import { type Poison, poisonedProjections } from './poison';

const TIMEOUT_MS = 20_000;
const ATTEMPTS = 3;
const OPTIONS = { segments: 4, retry: { attempts: ATTEMPTS, delay: 20 } };

export interface PoisonSizes {
  /** Events a second. */
  readonly rate: number;
  readonly aggregates: number;
  /** Of so many of them one event is poison. */
  readonly poisoned: number;
  /** For how long events come before the cure, in milliseconds; after it they come for half as long. */
  readonly duration: number;
}

/** Lets handlers throw at one event of some aggregates, in three processes that follow, and then cures them. */
export const poisoned = (name: 'SQLite' | 'PostgreSQL', sizes: PoisonSizes, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const random = new Random(seed);
    const ids = range(1, sizes.aggregates).map(String);
    const aggregates = chosen(ids, sizes.poisoned, random);
    const poison = { aggregates, version: 2 + random.below(3), cure: join(folder, 'cure') };
    const { store, where } = places();
    const script = built('../programs/counting-process', folder, __dirname);
    const { rate, duration } = sizes;
    const sick = `one event each of ${sizes.poisoned} of ${sizes.aggregates} aggregates is poison`;
    const done = `${sick}, ${rate} events/s for ${duration / 1000} s, three processes`;
    const outcome = await new Poisoning(store, where, script, poison, new SteadyWriter(store, rate, ids)).played(
      duration,
    );
    return figures({ item: 10, store: name, done, seed }, sizes, outcome);
  });

function chosen(ids: readonly string[], count: number, random: Random): string[] {
  const left = [...ids];
  return range(1, count).map(() => left.splice(random.below(left.length), 1)[0]!);
}

/** What was there before the cure, when everything else was handled. */
interface Parked {
  readonly own: number;
  readonly others: number;
  readonly events: number;
  /** Of all aggregates that are sound. */
  readonly sound: Differences;
  /** Events handled that come after a poison. */
  readonly beyond: number;
  readonly stoppingLost: number;
  readonly skippingBeyond: number;
}

interface Outcome {
  readonly reached: number;
  readonly written: number;
  readonly parked: Parked;
  readonly cured: Differences;
  readonly lettersLeft: number;
  readonly skippingDisorder: number;
  /** Of events of sound aggregates, with and without poison in the same projection. */
  readonly lags: { readonly poisoned: readonly number[]; readonly sound: readonly number[] };
}

class Poisoning {
  readonly #poisonous: ReadonlySet<string>;
  readonly #watching: EventProcessors;

  constructor(
    private readonly store: EventStore,
    private readonly where: Where,
    private readonly script: string,
    private readonly poison: Poison,
    private readonly writer: SteadyWriter,
  ) {
    this.#poisonous = new Set(poison.aggregates);
    const definitions = poisonedProjections(poison, OPTIONS);
    this.#watching = new EventProcessors({
      eventStore: store,
      definitions,
      eventContext,
      logger: SILENT,
      follow: false,
    });
  }

  async played(duration: number): Promise<Outcome> {
    await this.store.readAll();
    const { where, poison } = this;
    const processes = new CountingProcesses(this.script, { where, poison, leaseDuration: 400, options: OPTIONS });
    this.#watching.start();
    try {
      await processes.haveShared(this.#watching);
      await this.writer.writeFor(duration);
      const written = this.writer.answered.length;
      const parked = await this.#parked();
      await this.#cure(duration / 2);
      const cured = await differences(this.store, 'poisoned');
      const lettersLeft = (await this.#watching.of('poisoned').deadLetters({ limit: 1000 })).length;
      const skipping = await differences(this.store, 'skipping');
      const lags = this.#lags(await processes.ended(), written);
      const { reached, answered } = this.writer;
      return {
        ...{ reached, parked, cured, lettersLeft, lags },
        written: answered.length,
        skippingDisorder: skipping.disorder,
      };
    } finally {
      processes.kill();
      await this.#watching.close();
    }
  }

  /** Waits until all is handled that can be, and looks at what is left. */
  async #parked(): Promise<Parked> {
    const processor = this.#watching.of('poisoned');
    const isTried = async (): Promise<boolean> =>
      (await processor.deadLetters({ limit: 1000 })).filter(({ attempts }) => attempts === ATTEMPTS).length ===
      this.#poisonous.size;
    // What does not hold in the end is in the figures.
    await this.#followed(['sound', 'poisoned', 'skipping']);
    await until(isTried, 'the poison was tried as often as it may be', TIMEOUT_MS).catch(() => undefined);
    const { parked } = await processor.status();
    const isSound = (id: string): boolean => !this.#poisonous.has(id);
    const own = parked.filter(({ sequence }) => this.#poisonous.has(sequence.slice('Todo/'.length))).length;
    return {
      ...{ own, others: parked.length - own, events: parked.reduce((sum, { events }) => sum + events, 0) },
      sound: await differences(this.store, 'poisoned', isSound),
      beyond: await this.#beyond('poisoned'),
      stoppingLost: (await differences(this.store, 'stopping', isSound)).lost,
      skippingBeyond: await this.#beyond('skipping'),
    };
  }

  /** Cures the handlers while events come. */
  async #cure(duration: number): Promise<void> {
    writeFileSync(this.poison.cure, '');
    const writing = this.writer.writeFor(duration);
    await this.#watching.of('poisoned').retry();
    await writing;
    await this.#followed(['poisoned', 'skipping']);
    const isDone = async (): Promise<boolean> => isSame(await differences(this.store, 'poisoned'));
    await until(isDone, 'everything is followed', TIMEOUT_MS).catch(() => undefined);
  }

  async #followed(projections: readonly string[]): Promise<void> {
    const head = this.writer.answered.reduce((last, { position }) => (position > last ? position : last), 0n);
    await this.#watching.waitFor(head, { processors: projections, timeout: TIMEOUT_MS }).catch(() => undefined);
  }

  /** Counts what was handled of the poisoned aggregates after their poison. */
  async #beyond(name: string): Promise<number> {
    const counts = await countsOf(projectionsOf(this.store), name, this.poison.aggregates);
    return [...counts.values()].reduce((sum, { version }) => sum + Math.max(0, version - (this.poison.version - 1)), 0);
  }

  /** Returns how long after the answers to the first appends their events were taken, of sound aggregates. */
  #lags(lines: readonly string[], first: number): Outcome['lags'] {
    const taken = new Map(
      lines.map(line => line.split(' ')).map(([name, position, at]) => [`${name} ${position}`, Number(at)]),
    );
    const sound = this.writer.answered.slice(0, first).filter(({ id }) => !this.#poisonous.has(id));
    const of = (name: string): number[] =>
      sound.flatMap(({ position, at }) => {
        const handled = taken.get(`${name} ${position}`);
        return handled === undefined ? [] : [Math.max(0, handled - at)];
      });
    return { poisoned: of('poisoned'), sound: of('sound') };
  }
}

function figures(subject: Subject, sizes: PoisonSizes, outcome: Outcome): Figure[] {
  const { parked, cured, lags } = outcome;
  const after: Subject = {
    ...subject,
    done: 'the handlers are cured, and what is parked tried again, while events come',
  };
  const stopping: Subject = { ...subject, done: 'a projection that waits at its poison' };
  const skipping: Subject = { ...subject, done: 'a projection that catches what was thrown, and goes on' };
  const [without, withPoison] = [percentile(lags.sound, 0.99), percentile(lags.poisoned, 0.99)];
  return [
    told(subject, 'events written, a second', `${outcome.written}, ${Math.round(outcome.reached)}`),
    exactly(subject, 'sequences parked', parked.own, sizes.poisoned),
    told(subject, 'events parked', `${parked.events}`),
    none(subject, 'other sequences parked', parked.others),
    ...noDifferences(subject, parked.sound, 'events of other aggregates'),
    none(subject, 'successors of a poison handled before it', parked.beyond),
    told(
      subject,
      'p99 lag of other aggregates, without and with poison',
      `${without.toFixed(1)} ms, ${withPoison.toFixed(1)} ms`,
    ),
    below(subject, 'p99 lag of other aggregates', withPoison, Math.round(2 * without), 'ms'),
    none(after, 'letters left', outcome.lettersLeft),
    ...noDifferences(after, cured),
    some(stopping, 'events of other aggregates lost', parked.stoppingLost),
    some(skipping, 'successors of a poison handled before it', parked.skippingBeyond),
    some(skipping, 'events out of order', outcome.skippingDisorder),
  ];
}
