// @castore/core. It has no command bus (w2): a command is an object whose handler is called.

import { growingTodo, todoApp, versions } from '../lib/castore.js';
import * as postgres from '../lib/postgres/castore.js';
import { installed } from '../lib/versions.js';

export default {
  id: 'castore',
  order: 13,
  title: 'Castore',
  versions: group => ({ w5: postgres, w6: postgres })[group]?.versions() ?? versions(),
  workloads: {
    w1: () => todoApp(),
    w3: options => growingTodo(options),
    w5: options => postgres.castore(options),
    w6: options => postgres.castore(options),
    w9a: () => ({ specifier: import.meta.resolve('@castore/core') }),
    w9c: () => installed(['@castore/core', '@castore/event-storage-adapter-in-memory']),
  },
};
