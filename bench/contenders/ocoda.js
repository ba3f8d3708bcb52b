// @ocoda/event-sourcing. It has stores for MongoDB and DynamoDB, none for SQLite or PostgreSQL.
import { growingTodo, noOpBus, specifier, todoApp, versions } from '../lib/ocoda.js';

export default {
  id: 'ocoda',
  order: 14,
  title: 'ocoda',
  versions,
  workloads: {
    w1: () => todoApp(),
    w2: () => noOpBus(),
    w3: options => growingTodo(options),
    w9a: () => ({ specifier: specifier() }),
  },
};
