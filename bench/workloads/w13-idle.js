// Projections that follow while nothing happens, by their number and their segments: what they ask PostgreSQL for, and how long it takes
// until all have handled an event of another process.
import pg from 'pg';
import { versions } from '../lib/eventuality.js';
import { idleProcessors } from '../lib/many-processors.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { server } from '../lib/postgres/server.js';

const SIZES = [
  { projections: 1, segments: 1 },
  { projections: 20, segments: 8 },
  { projections: 50, segments: 32 },
];
const SILENCE = 5000;
const QUICK = 2000;
const idOf = ({ projections, segments }) => `${projections}x${segments}`;

export default [
  {
    ...{ id: 'w13-idle', group: 'w13-idle', order: 130, setup: () => server(), prepare, warmUps: 2 },
    title: 'PostgreSQL: queries of an idle process, by its projections and their segments (less is better)',
    unit: 'queries/s',
    ownReference: 'x one',
    contenders: SIZES.map(size => ({
      id: idOf(size),
      title: `${size.projections} projections of ${size.segments} segments`,
      reference: idOf(SIZES[0]),
      versions,
      params: size,
      workloads: { 'w13-idle': inPostgres },
    })),
  },
];

async function inPostgres(options) {
  const { store, open, schema } = await postgres.openStore(options);
  await store.close();
  const { default: adapter } = await import('../../dist/adapters/postgres/index.js');
  const counted = async () => {
    const pool = new pg.Pool({ connectionString: options.url, max: 10 });
    let queries = 0;
    const query = pool.query.bind(pool);
    pool.query = (...given) => {
      queries++;
      return query(...given);
    };
    return { store: adapter.postgres({ pool, schema }), asked: () => queries };
  };
  return idleProcessors({ counted, open }, options);
}

/** @param app `{ idle(milliseconds), event(index) }`, as of `idleProcessors` */
async function prepare(app, { quick }) {
  let index = 0;
  return async function round() {
    const value = await app.idle(quick ? QUICK : SILENCE);
    return { value, metrics: { 'event everywhere, ms': await app.event(++index) } };
  };
}
