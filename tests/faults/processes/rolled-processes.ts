import { ProcessHandlers, ProcessRehearsal } from '../../../src/processing';
import type { EventStore } from '../../../src/store';
import { range } from '../../support/events';
import { exactly, type Figure, none, type Subject, some } from '../../support/figures';
import { built } from '../../support/programs';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { everything } from '../../support/stores/whole-stores';
import { until } from '../../support/waiting';
import { eventsOf, Fleet, repeated, wrongStates } from './fleet';
import { command, fulfilmentOf, ordering } from './ordering';

const PROCESSES = 3;
const TIMEOUT_MS = 120_000;
const AT_ONCE = 50;
/** How many orders the control looks at. */
const CONTROLLED = 20;

/** Replaces three processes one by one with newer code, while instances are open and some of them go on. */
export const rolledProcesses = (
  name: 'SQLite' | 'PostgreSQL',
  { instances }: { readonly instances: number },
  seed: number,
): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = built('managing-process', folder, __dirname);
    const done = `${instances} open instances, three processes replaced one by one with version 2 of the code`;
    const subject: Subject = { item: '17', store: name, seed, done };
    const rolled = new Rolled(places(), script, new Random(seed), instances);
    const { shipped, twice, reminded, states, seconds } = await rolled.played();
    const control = { ...subject, done: `version 2 sends what it decides for the inputs of ${CONTROLLED} instances` };
    return [
      exactly(subject, 'orders that were shipped', shipped, instances),
      none(subject, 'effects that happened twice', twice),
      none(subject, 'commands of version 2 for inputs that version 1 has handled', reminded),
      none(subject, 'states that differ from what the inputs make', states),
      none(subject, 'states of open instances that version 1 has made', seconds),
      some(control, 'effects that happened twice', await rolled.carelessly()),
    ];
  });

interface Outcome {
  readonly shipped: number;
  readonly twice: number;
  readonly reminded: number;
  readonly states: number;
  readonly seconds: number;
}

class Rolled {
  readonly #fleet: Fleet;
  readonly #store: EventStore;
  readonly #ids: readonly string[];

  constructor(place: DurablePlace, script: string, random: Random, instances: number) {
    this.#store = place.store;
    this.#fleet = new Fleet(place, script, random, 'ordering');
    this.#ids = range(1, instances).map(n => `order-${n}`);
  }

  async played(): Promise<Outcome> {
    const third = Math.ceil(this.#ids.length / 3);
    await this.#fleet.start(PROCESSES);
    await this.#all('Place', this.#ids, { patient: true });
    await this.#recorded('Requested', this.#ids.length);
    // Some are paid while both versions are there, those that are left when only the second one is.
    await Promise.all([this.#fleet.roll(2), this.#all('Pay', this.#ids.slice(0, third))]);
    await this.#all('Pay', this.#ids.slice(third));
    await this.#recorded('Shipped', this.#ids.length).catch(() => undefined);
    await this.#fleet.end();
    const events = await eventsOf(this.#store);
    const names = this.#ids.map(id => events.get(id) ?? []);
    return {
      shipped: names.filter(each => each.includes('Shipped')).length,
      twice: names.reduce((sum, each) => sum + repeated(each), 0),
      reminded: names.filter(each => each.includes('Reminded')).length,
      states: await this.#wrongStates(),
      seconds: await this.#madeByFirst(this.#ids.slice(third)),
    };
  }

  /** Sends what the handlers of version 2 decide for events that were handled, as a replay would that sends. */
  async carelessly(): Promise<number> {
    const flow = ordering(this.#store);
    const handlers = new ProcessHandlers(fulfilmentOf(2), ({ name, data }) => ({ name, message: data }));
    const rehearsal = new ProcessRehearsal(handlers, each => (each as { name: string }).name);
    const ids = this.#ids.slice(0, CONTROLLED);
    for (const event of await everything(this.#store)) if (ids.includes(event.aggregateId)) rehearsal.event(event);
    for (const id of ids)
      for (const { command: sent } of rehearsal.commands(id))
        await flow.dispatch({ name: sent.name, message: sent.data });
    const events = await eventsOf(this.#store);
    return ids.reduce((sum, id) => sum + repeated(events.get(id)!), 0);
  }

  /** An instance that ended before it came to version 2 has the state of version 1. */
  async #wrongStates(): Promise<number> {
    let wrong = 0;
    for (const id of this.#ids)
      wrong += Math.min(...(await Promise.all([1, 2].map(each => wrongStates(this.#store, fulfilmentOf(each), [id])))));
    return wrong;
  }

  async #madeByFirst(ids: readonly string[]): Promise<number> {
    const flow = ordering(this.#store);
    const instances = flow.processManagers.of(fulfilmentOf(2));
    let count = 0;
    for (const id of ids) if ((await instances.get(id))?.state.steps[0] !== 'placed, by version 2') count++;
    return count;
  }

  async #all(name: string, ids: readonly string[], more: object = {}): Promise<void> {
    const flow = ordering(this.#store);
    for (let at = 0; at < ids.length; at += AT_ONCE)
      await Promise.all(ids.slice(at, at + AT_ONCE).map(id => flow.dispatch(command(name, id, more))));
  }

  async #recorded(name: string, count: number): Promise<void> {
    const all = async (): Promise<boolean> =>
      (await everything(this.#store)).filter(event => event.name === name).length >= count;
    await until(all, `${count} times ${name}`, TIMEOUT_MS);
  }
}
