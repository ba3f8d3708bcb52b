// `pg` by hand: a pool doing one prepared INSERT per transaction; the unique index on (aggregate, version) is the version check.
import { insertStatement, versions } from '../lib/postgres/by-hand.js';

export default {
  id: 'pg-insert',
  order: 22,
  title: 'pg, one INSERT',
  versions,
  workloads: { w5: options => insertStatement(options) },
};
