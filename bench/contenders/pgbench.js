// pgbench of the statement by hand: no JavaScript at all.
import { pgbench, versions } from '../lib/postgres/pgbench.js';

export default { id: 'pgbench', order: 24, title: 'pgbench', versions, workloads: { w5: options => pgbench(options) } };
