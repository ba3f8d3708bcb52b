// PostgreSQL: a command loads an aggregate of 3 events (not cached), decides, and appends 1. Each aggregate gets one command.
import { check } from '../lib/check.js';
import { forSeconds, inFlight } from '../lib/in-flight.js';
import { server } from '../lib/postgres/server.js';
import { describe } from '../lib/todo.js';

const SEEDED = ['', 'first', 'second'];
const SEEDING = 16;
/** How long is warmed up before each round, in seconds: while the others had their rounds, V8 may have thrown away what it had compiled. */
const WARMING = 1;
const WARMING_TODOS = 1000;

export default [1, 64].map((concurrency, place) => ({
  id: `w6-${concurrency}`,
  group: 'w6',
  order: 60 + place,
  title: `PostgreSQL: load an aggregate of 3 events, append 1, ${concurrency} in flight`,
  unit: 'commands/s',
  references: ['emmett', 'pg-statement'],
  params: { concurrency },
  setup: () => server(),
  prepare,
}));

/** @param app `{ seed(id, texts), rename(id, text), count(), stream(id) }` */
async function prepare(app, { quick, concurrency }) {
  const operations = (concurrency === 1 ? 500 : 4000) * (quick ? 1 : 2);
  let ids = 0;
  let total = 0;
  return async function round() {
    const todos = Array.from({ length: operations + WARMING_TODOS }, () => `todo-${++ids}`);
    await inFlight(
      SEEDING,
      index => index < todos.length,
      index =>
        app.seed(
          todos[index],
          SEEDED.map(what => describe(todos[index], what)),
        ),
    );
    const inTime = forSeconds(WARMING);
    const { operations: warmed } = await inFlight(concurrency, inTime, index => {
      const id = todos[operations + (index % WARMING_TODOS)];
      return app.rename(id, describe(id, index));
    });
    const result = await inFlight(
      concurrency,
      index => index < operations,
      index => app.rename(todos[index], describe(todos[index], 'third')),
    );
    total += todos.length * SEEDED.length + warmed + operations;
    await verify(app, total, [todos[0], todos[operations - 1]]);
    return result;
  };
}

async function verify(app, total, ids) {
  const stored = await app.count();
  check(stored === total, `${stored} events are stored, not ${total}`);
  for (const id of ids) {
    const { events, text } = await app.stream(id);
    check(events === 4 && text === describe(id, 'third'), `${id} has ${events} events and ends with '${text}'`);
  }
}
