// PostgreSQL: appends of one event, each to a stream of its own, with so many in flight all the time.
import { check } from '../lib/check.js';
import { forSeconds, inFlight } from '../lib/in-flight.js';
import { server } from '../lib/postgres/server.js';
import { slowServer } from '../lib/postgres/slow-server.js';
import { describe } from '../lib/todo.js';

const CONCURRENCIES = [1, 16, 64, 256];

export default [
  ...CONCURRENCIES.map((concurrency, place) => ({
    ...workload(concurrency),
    id: `w5-${concurrency}`,
    order: 50 + place,
    setup: () => server(),
  })),
  ...CONCURRENCIES.map((concurrency, place) => slow(workload(concurrency), place)),
];

function slow(fast, place) {
  const title = `${fast.title}, 1 ms added to each fsync`;
  return { ...fast, id: `w5-slow-${fast.params.concurrency}`, order: 55 + place, title, setup: slowServer };
}

function workload(concurrency) {
  return {
    group: 'w5',
    title: `PostgreSQL: append 1 event to a stream of its own, ${concurrency} in flight`,
    unit: 'commands/s',
    references: ['emmett', 'pg-insert', 'pg-statement', 'pgbench'],
    params: { concurrency },
    warmUps: 1,
    prepare: appends,
  };
}

/** @param app `{ append(index), count(), stream(index) }`, or `drive(seconds)` in place of `append` when it keeps its own operations in flight */
async function appends(app, { quick, concurrency }) {
  const seconds = quick ? 1 : 2;
  let total = 0;
  const run = async more => {
    const first = total;
    const result = await inFlight(concurrency, more, index => app.append(first + index));
    total += result.operations;
    return result;
  };
  const driven = async () => {
    const result = await app.drive(seconds);
    total += result.operations;
    return result;
  };
  return async function round() {
    const first = total;
    // Connections that were closed meanwhile are opened again before the clock starts.
    if (!app.drive) await run(index => index < concurrency * 2);
    const result = await (app.drive ? driven() : run(forSeconds(seconds)));
    const stored = await app.count();
    check(stored === total, `${stored} events are stored, not ${total}`);
    if (app.stream) await verify(app, [first, total - 1]);
    return result;
  };
}

async function verify(app, indexes) {
  for (const index of indexes) {
    const { events, text } = await app.stream(index);
    check(
      events === 1 && text === describe(`todo-${index}`),
      `todo-${index} has ${events} events and ends with '${text}'`,
    );
  }
}
