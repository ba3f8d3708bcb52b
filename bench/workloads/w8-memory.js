// Growth in memory: the command of w1 (load 3 events, append 1, 2 listeners) in a store that holds so many events already.
import { performance } from 'node:perf_hooks';
import { handWritten } from '../lib/by-hand.js';
import * as castore from '../lib/castore.js';
import { check } from '../lib/check.js';
import * as emmett from '../lib/emmett.js';
import * as eventuality from '../lib/eventuality.js';
import { LARGE, MEDIUM, QUICK_NOTE, SMALL, shortened, sizes } from '../lib/growth.js';
import * as ocoda from '../lib/ocoda.js';
import { describe } from '../lib/todo.js';

const AGGREGATES = 100;
const EVENTS_A_BATCH = AGGREGATES * 4;

export default {
  id: 'w8-memory',
  group: 'w8',
  order: 80,
  title: 'growth in memory: a command (load 3 events, append 1, 2 listeners) by what the store holds already',
  unit: 'commands/s',
  ownReference: 'x its smallest',
  quickNote: QUICK_NOTE,
  warmUps: 2,
  execArgv: ['--max-old-space-size=8192'],
  contenders: [
    ...sizes({
      id: 'eventuality',
      title: 'eventuality',
      of: [SMALL, MEDIUM, LARGE],
      versions: eventuality.versions,
      make: eventuality.bootstrapped,
    }),
    ...sizes({ id: 'by-hand', title: 'by hand', of: [SMALL, MEDIUM, LARGE], make: () => handWritten() }),
    ...sizes({
      id: 'castore',
      title: 'Castore',
      of: [SMALL, MEDIUM, LARGE],
      versions: castore.versions,
      make: castore.todoApp,
    }),
    // Counting all streams for each event and filtering all events for each load: a million would take hours to fill.
    ...sizes({ id: 'emmett', title: 'Emmett', of: [SMALL, MEDIUM], versions: emmett.versions, make: emmett.todoApp }),
    ...sizes({ id: 'ocoda', title: 'ocoda', of: [SMALL, MEDIUM], versions: ocoda.versions, make: ocoda.todoApp }),
  ],
  prepare,
};

/** @param app as in w1, and `fill(events, streams)` */
async function prepare(app, options) {
  const { events, streams } = shortened(options);
  const [batches, most] = options.quick ? [25, 0.2] : [100, 1];
  let [stored, ids] = [0, 0];
  const refill = async () => {
    app.reset();
    await app.fill(events, streams);
    stored = events;
  };
  const before = heap();
  await refill();
  const bytes = (heap() - before) / events;

  return async function round() {
    let [seconds, operations] = [0, 0];
    for (let batch = 0; batch < batches && seconds < most; batch++) {
      if (stored + EVENTS_A_BATCH > events * 1.5) await refill();
      const todos = Array.from({ length: AGGREGATES }, () => `todo-${++ids}`);
      seconds += await commands(app, todos);
      stored += EVENTS_A_BATCH;
      operations += AGGREGATES;
    }
    return { operations, seconds, metrics: { 'heap bytes an event': bytes } };
  };
}

async function commands(app, todos) {
  for (const id of todos) {
    await app.create(id, describe(id));
    await app.rename(id, describe(id, 'first'));
    await app.rename(id, describe(id, 'second'));
  }
  await new Promise(resolve => setImmediate(resolve));
  const expected = app.calls() + todos.length * 2;
  const start = performance.now();
  for (const id of todos) await app.rename(id, describe(id, 'third'));
  for (let turn = 0; app.calls() < expected && turn < 1e6; turn++) await undefined;
  const seconds = (performance.now() - start) / 1000;
  check(app.calls() === expected, `${app.calls()} listener calls, not ${expected}`);
  const { events, text } = await app.stream(todos.at(-1));
  check(
    events === 4 && text === describe(todos.at(-1), 'third'),
    `${todos.at(-1)} has ${events} events and ends with '${text}'`,
  );
  return seconds;
}

function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
