// `pg` by hand: one prepared statement per append that compares and sets the version of the stream.
import { oneStatement, versions } from '../lib/postgres/by-hand.js';

export default {
  id: 'pg-statement',
  order: 23,
  title: 'pg, by hand',
  versions,
  workloads: { w5: options => oneStatement(options), w6: options => oneStatement(options) },
};
