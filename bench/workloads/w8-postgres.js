// Growth on PostgreSQL: the append of w5, 64 in flight, into tables that hold so many events already. Each round adds 3,000.
import { check } from '../lib/check.js';
import { versions } from '../lib/eventuality.js';
import { LARGE, MEDIUM, QUICK_NOTE, shortened, sizes } from '../lib/growth.js';
import { inFlight } from '../lib/in-flight.js';
import * as emmett from '../lib/postgres/emmett.js';
import * as eventuality from '../lib/postgres/eventuality.js';
import { server } from '../lib/postgres/server.js';

const IN_FLIGHT = 64;
const FIRST = { events: 10_000, streams: 1_000 };

export default {
  id: 'w8-postgres',
  group: 'w8',
  order: 81,
  title: 'growth on PostgreSQL: append 1 event to a stream of its own, 64 in flight, by what the tables hold already',
  unit: 'commands/s',
  ownReference: 'x its smallest',
  quickNote: QUICK_NOTE,
  params: { concurrency: IN_FLIGHT },
  warmUps: 1,
  contenders: [
    ...sizes({
      id: 'eventuality',
      title: 'eventuality',
      of: [FIRST, MEDIUM, LARGE],
      versions,
      make: eventuality.eventStore,
    }),
    ...sizes({
      id: 'emmett',
      title: 'Emmett',
      of: [FIRST, MEDIUM],
      versions: emmett.versions,
      make: emmett.eventStore,
    }),
  ],
  setup: () => server(),
  prepare,
};

/** @param app as in w5, and `fill(events, streams)` */
async function prepare(app, options) {
  const { events, streams } = shortened(options);
  await app.fill(events, streams);
  let total = events;
  return async function round() {
    const run = async operations => {
      const first = total;
      total += operations;
      return inFlight(
        IN_FLIGHT,
        index => index < operations,
        index => app.append(first + index),
      );
    };
    await run(IN_FLIGHT);
    const result = await run(3000);
    const stored = await app.count();
    check(stored === total, `${stored} events are stored, not ${total}`);
    return result;
  };
}
