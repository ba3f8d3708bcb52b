// Rehydrating an aggregate of 10,000 events, which were written by 10,000 commands; and one with a snapshot of these, and 50 events more.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';

const EVENTS = 10_000;
const EVERY = 100;
const AFTER = EVERY / 2;
const ID = 'todo-1';

const common = { group: 'w3', references: ['nest', 'by-hand'] };

export default [
  {
    ...common,
    id: 'w3',
    order: 3,
    title: 'rehydrate an aggregate of 10,000 events',
    unit: 'events/s',
    async prepare(app, { quick }) {
      await grow(app, 0, EVENTS);
      const loads = quick ? 50 : 200;
      return async () => ({ operations: loads * EVENTS, seconds: await rehydrate(app, EVENTS, loads) });
    },
  },
  {
    ...common,
    id: 'w3-snapshot',
    order: 4,
    title: `rehydrate an aggregate of 10,000 events from a snapshot, and ${AFTER} more`,
    unit: 'loads/s',
    params: { every: EVERY },
    async prepare(app, { quick }) {
      await grow(app, 0, EVENTS);
      await app.settled?.();
      await grow(app, EVENTS, EVENTS + AFTER);
      const loads = quick ? 5_000 : 20_000;
      return async function round() {
        const seconds = await rehydrate(app, EVENTS + AFTER, loads);
        const version = await app.snapshot(ID);
        check(version === EVENTS, `the snapshot is of version ${version}, not ${EVENTS}`);
        return { operations: loads, seconds };
      };
    },
  },
];

/** @param app `{ create(id, text), rename(id, text), load(id) }`, load returns `{ text, renames }`; with snapshots also `snapshot(id)`: its version */
async function grow(app, from, to) {
  for (let index = from; index < to; index++)
    await (index === 0 ? app.create(ID, 'text 0') : app.rename(ID, `text ${index}`));
}

async function rehydrate(app, events, loads) {
  let renames = 0;
  let last;
  const start = performance.now();
  for (let index = 0; index < loads; index++) {
    last = await app.load(ID);
    renames += last.renames;
  }
  const seconds = (performance.now() - start) / 1000;
  check(renames === loads * (events - 1), `${renames} renames were folded, not ${loads * (events - 1)}`);
  check(last.text === `text ${events - 1}`, `the last text is '${last.text}'`);
  return seconds;
}
