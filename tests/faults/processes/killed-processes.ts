import { setTimeout as sleep } from 'node:timers/promises';
import { range } from '../../support/events';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { until } from '../../support/waiting';
import { eventsOf, Fleet, repeated, wrongStates } from './fleet';
import { fulfilment, ordering, place, wanted } from './ordering';

const PROCESSES = 3;
const TIMEOUT_MS = 120_000;
/** Orders come as long as processes are stopped. */
const FREEZE_PACE_MS = 25;

export interface ProcessKills {
  readonly orders: number;
  readonly kills: number;
}

export interface ProcessFreezes {
  readonly orders: number;
  readonly freezes: number;
}

/** Kills one of three processes that run a process manager, again and again, while orders come and deadlines fire. */
export const killedProcesses = (name: 'SQLite' | 'PostgreSQL', { orders, kills }: ProcessKills, seed: number) =>
  disturbed(name, seed, `${orders} orders, ${kills} times one of three processes killed`, 'killed', all =>
    all.played(orders, kills, fleet => fleet.kill(150)),
  );

/** Stops one of three processes when it has sent commands and not stored that, and lets it go on when others have. */
export const frozenProcesses = (name: 'SQLite' | 'PostgreSQL', { orders, freezes }: ProcessFreezes, seed: number) =>
  disturbed(name, seed, `${orders} orders, ${freezes} times one of three processes stopped for 0.8 s`, 'stopped', all =>
    all.played(orders, freezes, fleet => fleet.freeze(), FREEZE_PACE_MS),
  );

const disturbed = (
  name: 'SQLite' | 'PostgreSQL',
  seed: number,
  done: string,
  what: 'killed' | 'stopped',
  play: (orders: Orders) => Promise<Outcome>,
): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('managing-process', folder, __dirname);
    const subject: Subject = { item: '17', store: name, seed, done };
    const orders = (): Orders => new Orders(places(), script, new Random(seed));
    const { missing, twice, states } = await play(orders());
    const control = { ...subject, done: `commands sent under random ids, and ${what} before that is stored` };
    return [
      none(subject, 'orders that did not end as they must', missing),
      none(subject, 'effects that happened twice', twice),
      none(subject, 'states that differ from what the inputs make', states),
      some(control, 'effects that happened twice', await orders().carelessly(what)),
    ];
  });

interface Outcome {
  readonly missing: number;
  readonly twice: number;
  readonly states: number;
}

class Orders {
  readonly #fleet: Fleet;

  constructor(
    private readonly place: DurablePlace,
    script: string,
    random: Random,
  ) {
    this.#fleet = new Fleet(place, script, random, 'ordering');
  }

  async played(orders: number, times: number, disturb: (fleet: Fleet) => Promise<void>, pace = 0): Promise<Outcome> {
    const { store } = this.place;
    const flow = ordering(store);
    await this.#fleet.start(PROCESSES);
    const all = range(1, orders);
    const placed = (async () => {
      for (const order of all) {
        await place(flow, idOf(order), isPatient(order));
        if (pace > 0) await sleep(pace);
      }
    })();
    for (let time = 0; time < times; time++) await disturb(this.#fleet);
    await placed;
    const done = async (): Promise<boolean> => {
      const events = await eventsOf(store);
      return all.every(order => hasEnded(order, events));
    };
    // What is missing in the end is told by the figures.
    await until(done, 'all orders have ended', TIMEOUT_MS).catch(() => undefined);
    await this.#fleet.end();
    return this.#outcome(all);
  }

  /** Ends or stops a careless process when a command has taken effect and that is not stored; returns what is there twice. */
  async carelessly(what: 'killed' | 'stopped'): Promise<number> {
    const [first] = await this.#fleet.start(1, { careless: 'ids', stopping: what === 'stopped' });
    await place(ordering(this.place.store), 'order-1', true);
    await until(() => first!.lines.includes('sent'), 'a command is sent');
    if (what === 'killed') await first!.killed();
    const [second] = await this.#fleet.start(1, { careless: 'ids' });
    await until(() => second!.lines.includes('sent'), 'another process has taken over');
    await second!.killed();
    await first!.gone();
    return repeated((await eventsOf(this.place.store)).get('order-1')!);
  }

  async #outcome(orders: readonly number[]): Promise<Outcome> {
    const { store } = this.place;
    const events = await eventsOf(store);
    let [missing, twice] = [0, 0];
    for (const order of orders) {
      if (!hasEnded(order, events)) missing++;
      twice += repeated(events.get(idOf(order)) ?? []);
    }
    return { missing, twice, states: await wrongStates(store, fulfilment, orders.map(idOf)) };
  }
}

const idOf = (order: number): string => `order-${order}`;
/** Every third one is never paid. */
const isPatient = (order: number): boolean => order % 3 !== 0;
const hasEnded = (order: number, events: ReadonlyMap<string, string[]>): boolean =>
  wanted(isPatient(order)).every(name => events.get(idOf(order))?.includes(name));
