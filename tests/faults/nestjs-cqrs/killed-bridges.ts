import { countsOf, projectionsOf } from '../../support/counting';
import { range } from '../../support/events';
import { type Figure, none, type Subject, some, told } from '../../support/figures';
import { Random } from '../../support/random';
import { type DurablePlace, withDurable } from '../../support/stores/stores';
import { everything } from '../../support/stores/whole-stores';
import { type ApplicationKills, again, builtHere, KilledApplications, missing } from './killed-applications';

/** Kills one of three Nest applications with classes of both kinds, again and again, while they send and handle. */
export const killedBridges = (
  name: 'SQLite' | 'PostgreSQL',
  sizes: ApplicationKills,
  seed: number,
): Promise<Figure[]> =>
  withDurable(name, async (places, folder) => {
    const script = builtHere('bridging-process', folder);
    const { events, kills } = sizes;
    const done = `${events} commands to handlers of the other kind, ${kills} times one of three processes killed`;
    const subject: Subject = { item: 'nestjs/cqrs, both', store: name, seed, done };
    const bridges = (alone: boolean): Bridges => new Bridges(places(), script, new Random(seed), alone);
    const outcome = await bridges(false).played(sizes);
    const byHand = await bridges(true).played(sizes);
    const control = { ...subject, done: `${done}, with a bridge by hand` };
    return [
      ...figures(subject, outcome),
      some(control, 'stored events that their handler did not get', missing(byHand.stored, byHand.mailed).length),
    ];
  });

/** The ids of events, by what became of them; again for each time. */
interface Outcome {
  readonly acknowledged: readonly string[];
  readonly stored: readonly string[];
  /** By the class of @nestjs/cqrs that handles the event. */
  readonly mailed: readonly string[];
  /** By the class of @nestjs/cqrs to which the saga sends a command. */
  readonly delivered: readonly string[];
  /** By the aggregate to which the saga sends a command. */
  readonly confirmed: readonly string[];
  /** By the class of @nestjs/cqrs to which the reactor sends a command. */
  readonly billed: readonly string[];
  /** In the documents of the projection. */
  readonly counted: readonly string[];
  /** By the listener of the flow, and by the subscriber of the event bus, in applications that were not killed. */
  readonly heard: readonly string[];
  readonly subscribed: readonly string[];
  /** What these applications have sent. */
  readonly unkilled: readonly string[];
}

/** What every stored event must have led to. */
const LED_TO = ['mailed', 'delivered', 'confirmed', 'billed', 'counted'] as const;

function figures(subject: Subject, outcome: Outcome): Figure[] {
  const { acknowledged, stored, mailed, delivered, confirmed, billed, counted, heard, subscribed, unkilled } = outcome;
  const lost = (what: string, among: readonly string[], found: readonly string[]): Figure =>
    none(subject, what, missing(among, found).length);
  return [
    lost('acknowledged commands whose event is not stored', acknowledged, stored),
    none(subject, 'events that are stored twice', again(stored)),
    lost('stored events that their @EventsHandler did not get', stored, mailed),
    lost('stored events whose saga did not reach a class of @nestjs/cqrs', stored, delivered),
    lost('stored events whose saga did not reach an aggregate', stored, confirmed),
    none(subject, 'commands of the saga to an aggregate that took effect twice', again(confirmed)),
    lost('stored events whose reactor did not reach a class of @nestjs/cqrs', stored, billed),
    lost('stored events missing in documents', stored, counted),
    none(subject, 'events twice in documents', again(counted)),
    lost('events that a listener of a process that was not killed did not hear', unkilled, heard),
    lost('events that a subscriber of a process that was not killed did not hear', unkilled, subscribed),
    none(subject, 'events that a listener or a subscriber heard twice', again(heard) + again(subscribed)),
    told(subject, 'events handled again by classes of @nestjs/cqrs', `${again(mailed)} of ${stored.length}`),
    told(subject, 'commands carried out again by classes of @nestjs/cqrs', `${again(delivered) + again(billed)}`),
  ];
}

/** The applications on one place, and what has become of their events. */
class Bridges {
  readonly #all: KilledApplications;

  constructor(
    private readonly place: DurablePlace,
    script: string,
    random: Random,
    private readonly alone: boolean,
  ) {
    this.#all = new KilledApplications(script, random, { where: place.where, alone });
  }

  async played(sizes: ApplicationKills): Promise<Outcome> {
    await this.#all.play(sizes);
    if (!this.alone) await this.#all.handleRest(() => this.#isHandled());
    return this.#outcome();
  }

  async #isHandled(): Promise<boolean> {
    // What is told is looked at first: that reads no store.
    if (missing(this.#all.said('acknowledged'), this.#all.said('mailed')).length > 0) return false;
    const outcome = await this.#outcome();
    return LED_TO.every(what => missing(outcome.stored, outcome[what]).length === 0);
  }

  async #outcome(): Promise<Outcome> {
    const { store } = this.place;
    const said = (what: string): string[] => this.#all.said(what);
    const events = await everything(store);
    const recorded = (...names: string[]): string[] =>
      events.flatMap(({ name, payload }) => (names.includes(name) ? [(payload as { id: string }).id] : []));
    const acknowledged = said('acknowledged');
    const stored = recorded('OrderPlaced', 'NoteWritten');
    const counts = await countsOf(projectionsOf(store), 'tallies', stored);
    return {
      ...{ acknowledged, stored, mailed: said('mailed') },
      ...{ delivered: recorded('Delivered'), confirmed: recorded('Confirmed'), billed: recorded('Billed') },
      counted: Array.from(counts, ([id, count]) => range(1, count.events).map(() => id)).flat(),
      ...{ heard: said('heard'), subscribed: said('subscribed') },
      unkilled: acknowledged.filter(id => !this.#all.isOfKilled(id)),
    };
  }
}
