// PostgreSQL: appends of one event, each to a stream of its own, with so many in flight all the time.
import { check } from '../lib/check.js';
import { forSeconds, inFlight } from '../lib/in-flight.js';
import { server } from '../lib/postgres/server.js';
import { describe } from '../lib/todo.js';

export default [1, 16, 64, 256].map((concurrency, place) => workload(concurrency, place));

function workload(concurrency, place) {
  return {
    id: `w5-${concurrency}`,
    group: 'w5',
    order: 50 + place / 10,
    title: `PostgreSQL: append 1 event to a stream of its own, ${concurrency} in flight`,
    unit: 'commands/s',
    references: ['emmett', 'pg-insert', 'pg-statement', 'pgbench'],
    params: { concurrency },
    warmUps: 1,
    setup: () => server(),
    prepare: appends,
  };
}

/** @param app `{ append(index), count(), stream(index) }`, or `drive(seconds)` in place of `append` when it keeps its own operations in flight */
export async function appends(app, { quick, concurrency }) {
  const seconds = quick ? 1 : 2;
  let total = 0;
  return async function round() {
    const first = total;
    const result = app.drive
      ? await app.drive(seconds)
      : await inFlight(concurrency, forSeconds(seconds), index => app.append(first + index));
    total += result.operations;
    const stored = await app.count();
    check(stored === total, `${stored} events are stored, not ${total}`);
    if (app.stream) await verify(app, [first, total - 1]);
    return result;
  };
}

async function verify(app, indexes) {
  for (const index of indexes) {
    const { events, text } = await app.stream(index);
    check(events === 1 && text === describe(`todo-${index}`), `todo-${index} has ${events} events and ends with '${text}'`);
  }
}
