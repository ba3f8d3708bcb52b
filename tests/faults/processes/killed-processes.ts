import { isDeepStrictEqual } from 'node:util';
import { ProcessEngine, ProcessManagers } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { projectionsOf } from '../../support/counting';
import { range } from '../../support/events';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { built, Program } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { fulfilment, ordering, place, wanted } from './ordering';
import type { Ordering } from './ordering-process';

const PROCESSES = 3;
const LEASE_MS = 400;
const TIMEOUT_MS = 120_000;

export interface ProcessKills {
  readonly orders: number;
  readonly kills: number;
}

/** Kills one of three processes that run a process manager, again and again, while orders come and deadlines fire. */
export const killedProcesses = (name: 'SQLite' | 'PostgreSQL', sizes: ProcessKills, seed: number): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('ordering-process', folder, __dirname);
    const subject: Subject = {
      ...{ item: '17', store: name, seed },
      done: `${sizes.orders} orders, ${sizes.kills} times one of three processes killed`,
    };
    const orders = (): Orders => new Orders(places(), script, new Random(seed));
    const { missing, twice, states } = await orders().played(sizes);
    const control = { ...subject, done: 'commands sent under random ids, and killed before that is stored' };
    return [
      none(subject, 'orders that did not end as they must', missing),
      none(subject, 'effects that happened twice', twice),
      none(subject, 'states that differ from what the inputs make', states),
      some(control, 'effects that happened twice', await orders().carelessly()),
    ];
  });

interface Outcome {
  readonly missing: number;
  readonly twice: number;
  readonly states: number;
}

class Orders {
  readonly #programs: Program[] = [];

  constructor(
    private readonly place: DurablePlace,
    private readonly script: string,
    private readonly random: Random,
  ) {}

  async played({ orders, kills }: ProcessKills): Promise<Outcome> {
    const { store } = this.place;
    const flow = ordering(store);
    for (let index = 0; index < PROCESSES; index++) this.#programs.push(this.#start());
    await Promise.all(this.#programs.map(started));
    const placed = (async () => {
      for (const order of range(1, orders)) await place(flow, idOf(order), isPatient(order));
    })();
    for (let kill = 0; kill < kills; kill++) await this.#kill();
    await placed;
    const all = range(1, orders);
    const done = async (): Promise<boolean> => {
      const events = await eventsOf(store);
      return all.every(order => hasEnded(order, events));
    };
    // What is missing in the end is told by the figures.
    await until(done, 'all orders have ended', TIMEOUT_MS).catch(() => undefined);
    for (const program of this.#programs) program.send('SIGTERM');
    await Promise.all(this.#programs.map(program => program.finished()));
    return this.#outcome(all);
  }

  /** Kills a careless process when a command has taken effect and that is not stored; returns what happened twice. */
  async carelessly(): Promise<number> {
    const program = this.#start({ careless: true });
    await started(program);
    await place(ordering(this.place.store), 'order-1', true);
    await until(() => program.lines.includes('sent'));
    await program.killed();
    this.#programs.push(this.#start({ careless: true }));
    await until(() => this.#programs[0]!.lines.includes('sent'));
    await this.#programs[0]!.killed();
    const names = (await eventsOf(this.place.store)).get('order-1')!;
    return names.length - new Set(names).size;
  }

  async #outcome(orders: readonly number[]): Promise<Outcome> {
    const { store } = this.place;
    const events = await eventsOf(store);
    const projections = projectionsOf(store);
    const engine = new ProcessEngine(NO_COMMANDS, projections.processes!, projections, () => Date.now());
    const manager = new ProcessManagers([fulfilment], engine, store, () => undefined).of(fulfilment);
    let [missing, twice, states] = [0, 0, 0];
    for (const order of orders) {
      const names = events.get(idOf(order)) ?? [];
      if (!hasEnded(order, events)) missing++;
      twice += names.length - new Set(names).size;
      const { steps } = await manager.history(idOf(order));
      const last = steps.findLast(({ state }) => state !== undefined)?.state;
      if (!isDeepStrictEqual((await manager.get(idOf(order)))?.state, last)) states++;
    }
    return { missing, twice, states };
  }

  async #kill(): Promise<void> {
    const index = this.random.below(PROCESSES);
    await this.random.pause(150);
    await this.#programs[index]!.killed();
    this.#programs[index] = this.#start();
    await started(this.#programs[index]);
  }

  #start(more: Partial<Ordering> = {}): Program {
    const { where } = this.place;
    return new Program(this.script, { where, leaseDuration: LEASE_MS, ...more } satisfies Ordering);
  }
}

const NO_COMMANDS = {
  nameOf: () => '',
  revive: ({ name, data }: { name: string; data: object }) => ({ name, message: data }),
  dispatch: () => Promise.reject(new Error('nothing is sent')),
};

const idOf = (order: number): string => `order-${order}`;
/** Every third one is never paid. */
const isPatient = (order: number): boolean => order % 3 !== 0;
const hasEnded = (order: number, events: ReadonlyMap<string, string[]>): boolean =>
  wanted(isPatient(order)).every(name => events.get(idOf(order))?.includes(name));

const started = (program: Program): Promise<void> => until(() => program.lines.includes('started'));

async function eventsOf(store: EventStore): Promise<ReadonlyMap<string, string[]>> {
  const byOrder = new Map<string, string[]>();
  for (let after = 0n; ; ) {
    const page = await store.readAll({ after, limit: 1000 });
    for (const { aggregateId, name } of page) byOrder.set(aggregateId, [...(byOrder.get(aggregateId) ?? []), name]);
    if (page.length < 1000) return byOrder;
    after = page.at(-1)!.position;
  }
}
