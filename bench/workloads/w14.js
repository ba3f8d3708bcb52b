// A process manager: inputs that lead to one command, one outcome and one deadline each, beside the same by hand.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { versions as nestVersions } from '../lib/nest.js';
import { sagas } from '../lib/nest-sagas.js';
import * as postgres from '../lib/postgres/eventuality.js';
import * as postgresByHand from '../lib/postgres/processes.js';
import { server } from '../lib/postgres/server.js';
import { managed } from '../lib/processes.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder } from '../lib/sqlite/file.js';
import { versionsOf } from '../lib/versions.js';

const INPUTS = 10_000;
const QUICK = 2_000;

const common = {
  ...{ group: 'w14', unit: 'inputs/s', warmUps: 1, prepare },
  quickNote: `A quick run: ${QUICK.toLocaleString('en')} inputs.`,
};
const title = 'inputs of a process manager, each with a command, an outcome and a deadline';
const contender = (id, name, own, app) => ({ id, title: name, versions: own, workloads: { w14: app } });
const opened = openStore => async options => {
  const { store, open } = await openStore(options);
  await store?.close();
  return managed(open);
};
const inMemory = async () => {
  const { InMemoryEventStore } = await import('../../dist/index.js');
  const store = new InMemoryEventStore();
  // It outlives the flows of the rounds.
  store.close = async () => {};
  return managed(async () => store);
};

export default [
  {
    ...common,
    ...{ id: 'w14-memory', order: 140, title: `memory: ${title}`, references: ['nest-sagas'] },
    contenders: [
      contender('eventuality', 'eventuality', versions, inMemory),
      contender('nest-sagas', '@nestjs/cqrs sagas, timers', nestVersions, sagas),
    ],
  },
  {
    ...common,
    ...{ id: 'w14-sqlite', order: 141, title: `SQLite: ${title}`, references: ['by-hand'], setup: ownFolder },
    contenders: [
      contender('eventuality', 'eventuality', versions, opened(sqlite.openStore)),
      contender(
        'by-hand',
        'by hand',
        () => versionsOf(['better-sqlite3']),
        async options => {
          const { byHand } = await import('../lib/sqlite/processes.js');
          return byHand(options);
        },
      ),
    ],
  },
  {
    ...common,
    ...{ id: 'w14-postgres', order: 142, title: `PostgreSQL: ${title}`, references: ['by-hand'] },
    setup: () => server(),
    contenders: [
      contender('eventuality', 'eventuality', versions, opened(postgres.openStore)),
      contender('by-hand', 'by hand', () => versionsOf(['pg']), postgresByHand.byHand),
      contender(
        'pg-boss',
        'by hand, deadlines of pg-boss',
        () => versionsOf(['pg', 'pg-boss']),
        postgresByHand.withPgBoss,
      ),
    ],
  },
];

/** @param app `{ place(first, count), catchUp(), end(), done() }`: done returns how many commands took effect and how many deadlines wait */
async function prepare(app, { quick }) {
  const count = quick ? QUICK : INPUTS;
  let placed = 0;
  return async function round() {
    await app.place(placed, count);
    placed += count;
    const start = performance.now();
    await app.catchUp();
    const seconds = (performance.now() - start) / 1000;
    await app.end?.();
    const { confirmed, waiting } = await app.done();
    check(confirmed === placed, `${confirmed} commands have taken effect, not ${placed}`);
    check(waiting === placed, `${waiting} deadlines wait, not ${placed}`);
    return { operations: count, seconds };
  };
}
