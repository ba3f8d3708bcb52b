// SQLite: appends to streams of their own, of 1 event and of 100, one and 64 in flight, each commit on disk (FULL) or left to the system (NORMAL).
import { check } from '../lib/check.js';
import { forSeconds, inFlight } from '../lib/in-flight.js';
import { ownFolder } from '../lib/sqlite/file.js';
import { describe } from '../lib/todo.js';

const CASES = ['full', 'normal'].flatMap(synchronous =>
  [1, 100].flatMap(events => [1, 64].map(concurrency => ({ synchronous, events, concurrency }))),
);

export default CASES.map((params, place) => ({
  id: `w4-${params.synchronous}-${params.events}-${params.concurrency}`,
  group: 'w4',
  order: 40 + place,
  title: `SQLite, synchronous=${params.synchronous.toUpperCase()}: append ${params.events === 1 ? '1 event' : `${params.events} events`}, ${params.concurrency} in flight`,
  unit: 'appends/s',
  references: ['emmett', 'better-sqlite3'],
  params,
  warmUps: 1,
  setup: ownFolder,
  prepare,
}));

/** @param app `{ append(index, events), count(), stream(index) }` */
async function prepare(app, { quick, concurrency, events }) {
  const seconds = quick ? 0.5 : 1.5;
  let appends = 0;
  return async function round() {
    const first = appends;
    const result = await inFlight(concurrency, forSeconds(seconds), index => app.append(first + index, events));
    appends += result.operations;
    const stored = await app.count();
    check(stored === appends * events, `${stored} events are stored, not ${appends * events}`);
    for (const index of [first, appends - 1]) {
      const found = await app.stream(index);
      check(found.events === events, `todo-${index} has ${found.events} events, not ${events}`);
      check(found.text === describe(`todo-${index}`), `todo-${index} ends with '${found.text}'`);
    }
    return result;
  };
}
