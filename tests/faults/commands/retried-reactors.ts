import * as fc from 'fast-check';
import { Event } from '../../../src/decorators';
import { Flow } from '../../../src/flow';
import type { CommandOutcome, RecordedEvent } from '../../../src/messages';
import { defineAggregate } from '../../../src/model';
import { defineReactor, type ReactorContext } from '../../../src/processing';
import { type EventStore, InMemoryEventStore } from '../../../src/store';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { SILENT } from '../../support/logger';
import { withStores } from '../../support/stores/stores';
import { type StoreName, TESTED } from '../../support/stores/tested';

const CONTROL_PLAYS = 300;
const TIMEOUT_MS = 600_000;

/** As often as a play has attempts at most, and quickly. */
export const RETRY = { attempts: 5, delay: 1, maxDelay: 2 };

/** A shelf: what is taken from it, in order. */
export const Shelf = defineAggregate({
  name: 'Shelf',
  state: {},
  commands: {
    Place: { creates: true, decide: (_, { id }) => Event({ aggregateId: id, name: 'Placed', payload: {} }) },
    Take: {
      creates: 'if-missing',
      decide: (_, { id, what }) => Event({ aggregateId: id, name: 'Taken', payload: { what } }),
    },
  },
});

export const place = (id: string) => ({ name: 'Place', message: { id } });
export const take = (id: string, what: string) => ({ name: 'Take', message: { id, what } });

export const whatOf = (events: readonly RecordedEvent[]): string[] =>
  events.map(({ payload }) => (payload as { what: string }).what).sort();

/** What one attempt of a reactor takes, one after the other or at once, before it fails. */
interface Attempt {
  readonly things: readonly string[];
  readonly atOnce: boolean;
}

/** The attempts of a reactor; the last one does not fail. */
type Play = readonly Attempt[];

/** Sends a command of a play, which stands at this place of its attempt. */
export type Dispatch = (context: ReactorContext, what: string, place: number) => Promise<unknown>;

/** As one does it: the command gets its id from what it is. */
export const identified: Dispatch = ({ dispatch, event }, what) => dispatch(take(event.aggregateId, what));

/** Ids by a running number: the control. */
export const numbered: Dispatch = ({ dispatch, event }, what, index) =>
  dispatch(take(event.aggregateId, what), { commandId: `${event.id} ${index}` });

/** Generates plays: attempts in any order, with steps left out, and with equal commands within one. */
export function generatedPlays(count: number, seed: number): Play[] {
  const things = fc.array(fc.constantFrom('bolt', 'nut', 'screw', 'pin'), { minLength: 1, maxLength: 5 });
  const attempt = fc.record({ things, atOnce: fc.boolean() });
  return fc.sample(fc.array(attempt, { minLength: 1, maxLength: 4 }), { numRuns: count, seed });
}

/** The second attempt leaves out what the first began with: a running number counts anew. */
const SKIPPING: Play = [['bolt', 'nut'], ['nut']].map(things => ({ things, atOnce: false }));

/** What a play is to lead to: of each thing as many as the attempt has taken that took most of it. */
function wantedOf(play: Play): string[] {
  const most = new Map<string, number>();
  for (const { things } of play) {
    for (const what of things)
      most.set(what, Math.max(most.get(what) ?? 0, things.filter(each => each === what).length));
  }
  return [...most].flatMap(([what, count]) => Array.from({ length: count }, () => what)).sort();
}

export interface PlayOutcome {
  /** The plays after which something was not taken exactly once. */
  readonly wrong: readonly number[];
  /** How many commands were answered with events that are not their own. */
  readonly foreign: number;
  readonly parked: number;
}

/** Plays all of them, each for an order of its own. */
export async function played(eventStore: EventStore, plays: readonly Play[], dispatch: Dispatch): Promise<PlayOutcome> {
  const attempts = plays.map(() => 0);
  let foreign = 0;
  const send = async (context: ReactorContext, what: string, place: number): Promise<void> => {
    const { events } = (await dispatch(context, what, place)) as CommandOutcome;
    if (whatOf(events).join() !== what) foreign++;
  };
  const on = async (context: ReactorContext): Promise<void> => {
    const order = Number(context.event.aggregateId);
    const { things, atOnce } = plays[order]![attempts[order]!]!;
    attempts[order]!++;
    if (atOnce) await Promise.all(things.map((what, index) => send(context, what, index + 1)));
    else for (const [index, what] of things.entries()) await send(context, what, index + 1);
    if (attempts[order]! < plays[order]!.length) throw new Error('once more');
  };
  const reactor = defineReactor({ name: 'taking', retry: RETRY, on: { Placed: (_, context) => on(context) } });
  const flow = new Flow({ eventStore, aggregates: [Shelf], processors: [reactor], logger: SILENT });
  await flow.processors.ready();
  for (const order of plays.keys()) await flow.dispatch(place(String(order)));
  await flow.processors.settled({ timeout: TIMEOUT_MS });
  const wrong: number[] = [];
  for (const [order, each] of plays.entries()) {
    const taken = (await eventStore.read({ aggregateName: 'Shelf', aggregateId: String(order) })).slice(1);
    if (whatOf(taken).join() !== wantedOf(each).join()) wrong.push(order);
  }
  const parked = (await flow.processors.of('taking').deadLetters()).length;
  await flow.close();
  return { wrong, foreign, parked };
}

/** How many plays there are on each store. */
export type PlaySizes = Readonly<Record<StoreName, number>>;

/**
 * Runs a reactor again and again, as generated: each command that it decides takes effect once, and is answered with
 * its own outcome.
 */
export async function retriedReactors(sizes: PlaySizes, seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const store of TESTED) {
    const subject: Subject = { item: 21, store, done: `a reactor run again, ${sizes[store]} generated plays`, seed };
    const { wrong, foreign, parked } = await withStores(store, 1, ([one]) =>
      played(one!, generatedPlays(sizes[store], seed), identified),
    );
    figures.push(
      none(subject, 'plays with a command lost or twice', wrong.length),
      none(subject, "commands answered with another one's outcome", foreign),
      none(subject, 'events parked', parked),
    );
  }
  const control: Subject = { item: 21, store: 'memory', done: 'ids by a running number', seed };
  const plays = [...generatedPlays(CONTROL_PLAYS - 1, seed), SKIPPING];
  const naive = await played(new InMemoryEventStore(), plays, numbered);
  return [...figures, some(control, `of ${CONTROL_PLAYS} plays with a command lost or twice`, naive.wrong.length)];
}
