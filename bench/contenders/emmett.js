// @event-driven-io/emmett.

import { growingTodo, noOpBus, todoApp, versions } from '../lib/emmett.js';
import * as postgres from '../lib/postgres/emmett.js';
import { readModel } from '../lib/postgres/emmett-projector.js';
import * as sqlite from '../lib/sqlite/emmett.js';
import { installed } from '../lib/versions.js';

export default {
  id: 'emmett',
  order: 12,
  title: 'Emmett',
  versions: group => ({ w4: sqlite, w5: postgres, w6: postgres, w7: postgres })[group]?.versions() ?? versions(),
  workloads: {
    w1: () => todoApp(),
    w2: () => noOpBus(),
    w3: options => growingTodo(options),
    w4: options => sqlite.eventStore(options),
    w5: options => postgres.eventStore(options),
    w6: options => postgres.commands(options),
    w7: options => readModel(options),
    w9a: () => ({ specifier: import.meta.resolve('@event-driven-io/emmett') }),
    w9c: () => installed(['@event-driven-io/emmett']),
  },
};
