// A command end to end in memory: load an aggregate of 3 events, decide, append with a version check, publish to 2 listeners.
// Each of 100 aggregates is seeded with 3 events and gets one command, then the store is emptied: every command loads exactly 3 events.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';

const AGGREGATES = 100;
const TEXT = 'a description of about eighty characters, as people write them into their lists:';

export default {
  id: 'w1',
  order: 1,
  title: 'a command end to end in memory (load 3 events, decide, append, 2 listeners), over 100 aggregates',
  unit: 'commands/s',
  references: ['nest', 'by-hand'],

  /** @param app `{ create(id, text), rename(id, text), calls(), stream(id), reset() }`, see any contender */
  async prepare(app, { quick }) {
    const batches = quick ? 100 : 400;
    let ids = 0;
    return async function round() {
      let seconds = 0;
      for (let batch = 0; batch < batches; batch++) {
        const todos = Array.from({ length: AGGREGATES }, () => `todo-${++ids}`);
        await seed(app, todos);
        const before = app.calls();
        const start = performance.now();
        for (const id of todos) await app.rename(id, `${TEXT} ${id} third`);
        await calledTimes(app, before + AGGREGATES * 2);
        seconds += (performance.now() - start) / 1000;
        await verify(app, todos);
        app.reset();
      }
      return { operations: batches * AGGREGATES, seconds };
    };
  },
};

async function seed(app, todos) {
  for (const id of todos) {
    await app.create(id, `${TEXT} ${id}`);
    await app.rename(id, `${TEXT} ${id} first`);
    await app.rename(id, `${TEXT} ${id} second`);
  }
  await new Promise(resolve => setImmediate(resolve));
}

/** Listeners are called asynchronously by all contenders: the work is done when all have been called. */
async function calledTimes(app, expected) {
  for (let turn = 0; app.calls() < expected; turn++) {
    check(turn < 1e6, `${app.calls()} of ${expected} listener calls`);
    await undefined;
  }
}

async function verify(app, todos) {
  for (const id of [todos[0], todos.at(-1)]) {
    const { events, text } = await app.stream(id);
    check(events === 4, `${id} has ${events} events, not 4`);
    check(text === `${TEXT} ${id} third`, `${id} ends with '${text}'`);
  }
}
