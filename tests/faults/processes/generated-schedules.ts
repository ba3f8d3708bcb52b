import { isDeepStrictEqual } from 'node:util';
import { sqlite } from '../../../src/adapters/sqlite';
import type { EventStore, ProjectionStore } from '../../../src/store';
import { InMemoryEventStore } from '../../../src/store';
import { VirtualClock } from '../../../src/testing';
import { projectionsOf } from '../../support/counting';
import { type Figure, none, type Subject, some } from '../../support/figures';
import { overridden } from '../../support/overridden';
import { Random } from '../../support/random';
import { withFiles, withSchema } from '../../support/stores/stores';
import type { StoreName } from '../../support/stores/tested';
import { HOUR, Waiting, WaitingModel } from './waiting';

export interface GeneratedSchedules {
  readonly memory: number;
  readonly SQLite: number;
  readonly PostgreSQL: number;
}

const IDS = ['o1', 'o2', 'o3'];
const STEPS = 12;

/** A store whose time passes when it is told to. */
interface Timed {
  readonly store: EventStore;
  readonly clock: VirtualClock;
  passes(milliseconds: number): Promise<void>;
}

/** Lets events come, time pass and processes restart at random, and compares with a model whenever all is settled. */
export async function generatedSchedules(sizes: GeneratedSchedules, seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const store of ['memory', 'SQLite', 'PostgreSQL'] as const) {
    const subject: Subject = {
      ...{
        item: '17',
        store,
        seed,
        done: `${sizes[store]} generated schedules of events, deadlines, ends and restarts`,
      },
    };
    let different = 0;
    for (let n = 0; n < sizes[store]; n++)
      if (!(await withTimed(store, timed => isAsModelled(timed, new Random(seed + n))))) different++;
    figures.push(none(subject, 'schedules that differ from a model', different));
  }
  const control: Subject = {
    ...{ item: '17', store: 'memory', seed, done: 'an input handled with the state from before the last one' },
  };
  let different = 0;
  for (let n = 0; n < 10; n++)
    if (!(await withTimed('memory', timed => isAsModelled(withoutTurns(timed), new Random(seed + n))))) different++;
  return [...figures, some(control, 'schedules that differ from a model', different)];
}

async function isAsModelled(timed: Timed, random: Random): Promise<boolean> {
  const waiting = new Waiting(timed.store, timed.clock);
  try {
    await waiting.ready();
    const models = new Map(IDS.map(id => [id, new WaitingModel()]));
    for (let step = 0; step < STEPS; step++) {
      await happen(waiting, models, random);
      const next = random.below(4);
      if (next === 0) await waiting.restart();
      else await waiting.settled();
      if (next === 1) {
        await timed.passes(random.below(4) * HOUR);
        await waiting.settled();
        for (const model of models.values()) model.passes(timed.clock.now());
      }
      for (const [id, model] of models) if (!isDeepStrictEqual(await waiting.seen(id), model.seen())) return false;
    }
    return true;
  } finally {
    await waiting.end();
  }
}

/** Lets up to three events come. */
async function happen(waiting: Waiting, models: ReadonlyMap<string, WaitingModel>, random: Random): Promise<void> {
  for (let count = random.below(4); count > 0; count--) {
    const id = IDS[random.below(IDS.length)]!;
    const what = (['place', 'cancel', 'note', 'postpone'] as const)[random.below(4)]!;
    models.get(id)![what](waiting.clock.now());
    await waiting.happens(what, id);
  }
}

function withTimed<T>(name: StoreName, use: (timed: Timed) => Promise<T>): Promise<T> {
  const clock = new VirtualClock();
  const passes = async (milliseconds: number): Promise<void> => clock.advanceBy(milliseconds);
  if (name === 'memory') return use({ store: new InMemoryEventStore({ clock }), clock, passes });
  if (name === 'SQLite') return withFiles(files => use({ store: sqlite(files.path(), { clock }), clock, passes }));
  // Its clock is that of the server: instead of it, what is pending is moved.
  return withSchema(schema => {
    const real = new VirtualClock(Date.now());
    const store = schema.open({ maxConnections: 4 });
    const earlier = async (milliseconds: number): Promise<void> => {
      real.advanceBy(milliseconds);
      await schema.sql(`update "${schema.name}".eventuality_process_deadlines set due_at = due_at - ${milliseconds}`);
    };
    return use({ store, clock: real, passes: earlier });
  });
}

/** A store that returns documents as they were before they were last changed, as one who reads ahead of its turn. */
function withoutTurns(timed: Timed): Timed {
  const projections = projectionsOf(timed.store);
  let before = new Map<string, object>();
  let last = before;
  const get: ProjectionStore['get'] = async (...wanted) => {
    const found = await projections.get(...wanted);
    const earlier = new Map(found);
    for (const id of found.keys()) {
      const known = before.get(id);
      if (known) earlier.set(id, known);
    }
    [before, last] = [last, new Map(found)];
    return earlier;
  };
  return { ...timed, store: overridden(timed.store, { projections: overridden(projections, { get }) }) };
}
