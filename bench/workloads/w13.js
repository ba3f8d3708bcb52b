// Several projections in one process catch up with the same events: 20 over many events, compared with one; and 300 over few.
import { versions } from '../lib/eventuality.js';
import { catchingUp } from '../lib/many-processors.js';
import * as postgres from '../lib/postgres/eventuality.js';
import { server } from '../lib/postgres/server.js';
import * as sqlite from '../lib/sqlite/eventuality.js';
import { ownFolder } from '../lib/sqlite/file.js';

const EVENTS = 200_000;
const QUICK = 20_000;
const FEW = 300;

const stores = [
  { id: 'sqlite', title: 'SQLite', setup: ownFolder, openStore: sqlite.openStore },
  { id: 'postgres', title: 'PostgreSQL', setup: () => server(), openStore: postgres.openStore },
];
const KINDS = [
  { id: 'plain', title: 'handlers that write nothing', writes: false },
  { id: 'writing', title: 'handlers that write a document', writes: true },
];

export default stores.flatMap(({ id, title, setup, openStore }, place) => [
  {
    ...{ id: `w13-${id}`, group: 'w13', order: 131 + place, setup, prepare, warmUps: 1 },
    title: `${title}: 20 projections of one process catch up with ${EVENTS.toLocaleString('en')} events, compared with one (less is better)`,
    unit: 's',
    ownReference: 'x one',
    quickNote: `A quick run: ${QUICK.toLocaleString('en')} events.`,
    params: { events: EVENTS, quickEvents: QUICK },
    contenders: KINDS.flatMap(kind => [1, 20].map(count => contender(openStore, kind, count))),
  },
  {
    ...{ id: `w13-few-${id}`, group: 'w13', order: 133 + place, setup, prepare, warmUps: 1 },
    title: `${title}: 300 projections of one process start, and catch up with ${FEW} events (less is better)`,
    unit: 's',
    ownReference: 'x one',
    params: { events: FEW, quickEvents: FEW },
    contenders: [1, 300].map(count => contender(openStore, KINDS[0], count)),
  },
]);

function contender(openStore, { id, title, writes }, projections) {
  return {
    ...{ id: `${id}-${projections}`, title: `${projections}, ${title}`, reference: `${id}-1`, versions },
    params: { projections, writes },
    workloads: {
      w13: async options => {
        const { store, open } = await openStore(options);
        await store?.close();
        return catchingUp(open, options);
      },
    },
  };
}

/** @param app `{ fill(events), catchUp() }`: catchUp returns seconds */
async function prepare(app, { events, quickEvents, quick }) {
  await app.fill(quick ? quickEvents : events);
  return async () => ({ value: await app.catchUp() });
}
