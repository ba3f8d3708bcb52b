// This framework as DESIGN's example uses it: a decorated aggregate, a module, bootstrap; without a cache.

import { fileURLToPath } from 'node:url';
import { bootstrapped, noOpBus, repositoryLoad, versions } from '../lib/eventuality.js';
import * as postgres from '../lib/postgres/eventuality.js';
import * as sqlite from '../lib/sqlite/eventuality.js';

export default {
  id: 'eventuality',
  order: 1,
  title: 'eventuality',
  versions,
  workloads: {
    w1: () => bootstrapped(),
    w2: () => noOpBus(),
    w3: options => repositoryLoad(options),
    w4: options => sqlite.eventStore(options),
    w5: options => postgres.eventStore(options),
    w6: options => postgres.commands(options),
    w7: options => postgres.readModel(options),
    'w7-sqlite': options => sqlite.readModel(options),
    w9a: () => ({ specifier: new URL('../../dist/index.js', import.meta.url).href }),
    w9b: () => ({ program: new URL('../lib/start/eventuality.js', import.meta.url) }),
    w9c: () => ({ folder: fileURLToPath(new URL('../../', import.meta.url)) }),
  },
};
