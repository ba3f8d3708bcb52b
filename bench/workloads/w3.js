// Rehydrating an aggregate of 10,000 events, which were written by 10,000 commands.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';

const EVENTS = 10_000;

export default {
  id: 'w3',
  order: 3,
  title: 'rehydrate an aggregate of 10,000 events',
  unit: 'events/s',
  references: ['nest', 'by-hand'],

  /** @param app `{ create(id, text), rename(id, text), load(id) }`; load returns `{ text, renames }` */
  async prepare(app, { quick }) {
    const loads = quick ? 50 : 200;
    const id = 'todo-1';
    await app.create(id, 'text 0');
    for (let index = 1; index < EVENTS; index++) await app.rename(id, `text ${index}`);
    return async function round() {
      let renames = 0;
      let last;
      const start = performance.now();
      for (let index = 0; index < loads; index++) {
        last = await app.load(id);
        renames += last.renames;
      }
      const seconds = (performance.now() - start) / 1000;
      check(renames === loads * (EVENTS - 1), `${renames} renames were folded, not ${loads * (EVENTS - 1)}`);
      check(last.text === `text ${EVENTS - 1}`, `the last text is '${last.text}'`);
      return { operations: loads * EVENTS, seconds };
    };
  },
};
