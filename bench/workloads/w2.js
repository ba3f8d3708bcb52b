// The dispatch of a command to a handler that does nothing.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';

export default {
  id: 'w2',
  order: 2,
  title: 'dispatch of a command to a handler that does nothing',
  unit: 'commands/s',
  references: ['nest', 'by-hand'],

  /** @param app `{ Command, dispatch(command), calls() }` */
  async prepare(app, { quick }) {
    const operations = quick ? 100_000 : 500_000;
    return async function round() {
      const before = app.calls();
      const start = performance.now();
      for (let index = 0; index < operations; index++) await app.dispatch(new app.Command('todo-1'));
      const seconds = (performance.now() - start) / 1000;
      check(app.calls() === before + operations, `${app.calls() - before} of ${operations} commands were handled`);
      return { operations, seconds };
    };
  },
};
