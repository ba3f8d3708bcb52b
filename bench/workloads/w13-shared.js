// Projections that several processes share, on one store: how long it takes until all have handled an event of another process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { idleProcessors } from '../lib/many-processors.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { server } from '../lib/postgres/server.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder } from '../lib/sqlite/file.js';

const SIZE = { projections: 50, segments: 32 };
const PROCESSES = [1, 3];
const SILENCE = 2000;
const SHARED_WITHIN = 60_000;
const FOLLOWER = new URL('../lib/start/follower.js', import.meta.url);

const stores = [
  { id: 'sqlite', title: 'SQLite', setup: ownFolder, opened: inSqlite },
  { id: 'postgres', title: 'PostgreSQL', setup: () => server(), opened: inPostgres },
];

export default stores.map(({ id, title, setup, opened }, place) => ({
  ...{ id: `w13-shared-${id}`, group: 'w13-shared', order: 135 + place, setup, prepare, warmUps: 1 },
  title: `${title}: an event of another process is handled everywhere, by ${SIZE.projections} projections of ${SIZE.segments} segments that processes share (less is better)`,
  unit: 'ms',
  ownReference: 'x one process',
  contenders: PROCESSES.map(processes => ({
    ...{
      id: `${processes}`,
      title: processes === 1 ? '1 process' : `${processes} processes`,
      reference: '1',
      versions,
    },
    params: { ...SIZE, processes },
    workloads: { 'w13-shared': options => sharing(opened, options) },
  })),
}));

async function inSqlite(options) {
  const { file, open } = await sqlite.openStore(options);
  return { open, place: { adapter: 'sqlite', file } };
}

async function inPostgres(options) {
  const { store, open, schema } = await postgres.openStore(options);
  await store.close();
  return { open, place: { adapter: 'postgres', url: options.url, schema } };
}

/** Follows in this process and in others, until each process has its share. */
async function sharing(opened, { processes, ...options }) {
  const { open, place } = await opened(options);
  const counted = async () => ({ store: await open(), asked: () => 0 });
  const app = await idleProcessors({ counted, open }, options);
  const others = Array.from({ length: processes - 1 }, () =>
    fork(FOLLOWER, [JSON.stringify({ ...place, ...SIZE })], { execArgv: [] }),
  );
  await Promise.all(others.map(other => once(other, 'message')));
  const start = performance.now();
  while ((await app.owners()) < processes) {
    check(
      performance.now() - start < SHARED_WITHIN,
      `only ${await app.owners()} of ${processes} processes have a share`,
    );
    await sleep(250);
  }
  return app;
}

/** @param app as of `idleProcessors` */
async function prepare(app) {
  let index = 0;
  return async function round() {
    await sleep(SILENCE);
    return { value: await app.event(++index) };
  };
}
