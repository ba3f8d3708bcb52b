// better-sqlite3 by hand: one transaction per append. It is synchronous, so that more in flight changes nothing.
import { transactionEach, versions } from '../lib/sqlite/by-hand.js';

export default {
  id: 'better-sqlite3',
  order: 25,
  title: 'better-sqlite3, by hand',
  versions,
  workloads: { w4: options => transactionEach(options) },
};
