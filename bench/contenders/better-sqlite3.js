// better-sqlite3 by hand: one transaction per append (it is synchronous, so that more in flight changes nothing), or per 1,000 events of a projection.
import { batchLoop } from '../lib/sqlite/batch-loop.js';
import { transactionEach, versions } from '../lib/sqlite/by-hand.js';

export default {
  id: 'better-sqlite3',
  order: 25,
  title: 'better-sqlite3, by hand',
  versions,
  workloads: { w4: options => transactionEach(options), 'w7-sqlite': options => batchLoop(options) },
};
