// A page of 100 events by position, from a store of 1,000 and of 1,000,000 events; the pages lie all over it.
import { performance } from 'node:perf_hooks';
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { LARGE, MEDIUM, QUICK_NOTE, SMALL, shortened, sizes } from '../lib/growth.js';
import * as emmett from '../lib/postgres/emmett.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { server } from '../lib/postgres/server.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder } from '../lib/sqlite/file.js';

const PAGE = 100;
const MOST = 2000;
/** The golden ratio: the places of any number of pages lie evenly. */
const STRIDE = 0.618034;
const of = [SMALL, LARGE];
const eventuality = { id: 'eventuality', title: 'eventuality', of, versions };

export default [
  page('sqlite', 'SQLite', ownFolder, sizes({ ...eventuality, make: sqlite.eventStore }), 82),
  page(
    'postgres',
    'PostgreSQL',
    () => server(),
    [...sizes({ ...eventuality, make: postgres.eventStore }), ...emmettSizes()],
    83,
  ),
];

function emmettSizes() {
  // A million would take ten minutes to fill.
  return sizes({
    id: 'emmett',
    title: 'Emmett',
    of: [SMALL, MEDIUM],
    versions: emmett.versions,
    make: emmett.eventStore,
  });
}

function page(store, title, setup, contenders, order) {
  return {
    ...{ id: `w8-page-${store}`, group: 'w8', order, contenders, setup, prepare },
    title: `${title}: a page of ${PAGE} events by position (less is better)`,
    unit: 'ms',
    ownReference: 'x its smallest',
    quickNote: QUICK_NOTE,
    params: { concurrency: 16 },
  };
}

/** @param app `{ fill(events, streams), page(after, limit) }`; pages may begin anywhere */
async function prepare(app, options) {
  const { events, streams } = shortened(options);
  await app.fill(events, streams);
  const pages = options.quick ? 50 : 200;
  return async function round() {
    const start = performance.now();
    let index = 0;
    for (; index < pages && performance.now() - start < MOST; index++) {
      const found = await app.page(Math.floor((events - PAGE) * ((index * STRIDE) % 1)), PAGE);
      check(found.length === PAGE, `a page has ${found.length} events`);
    }
    return { value: (performance.now() - start) / index };
  };
}
