// @castore/core as its documentation shows it: an event store with a reducer, commands that get it, its in-memory adapter.
import { createRequire } from 'node:module';
import { Snapshots } from './snapshots.js';
import { describe } from './todo.js';
import { versionsOf } from './versions.js';

const require = createRequire(import.meta.url);

export const versions = () => versionsOf(['@castore/core', '@castore/event-storage-adapter-in-memory']);

/** The documentation's reducers make a new aggregate of each event. */
function reducer(aggregate, { type, version, aggregateId, payload }) {
  switch (type) {
    case 'TodoCreated':
      return { aggregateId, version, description: payload.description, renames: 0 };
    case 'TodoRenamed':
      return { ...aggregate, version, description: payload.description, renames: aggregate.renames + 1 };
    default:
      return aggregate;
  }
}

/** The event store and the two commands; events are pushed with the version that they must get. */
export function todos(eventStorageAdapter, onEventPushed) {
  const { Command, EventStore, EventType, tuple } = require('@castore/core');
  const eventTypes = ['TodoCreated', 'TodoRenamed'].map(type => new EventType({ type }));
  const store = new EventStore({ eventStoreId: 'TODOS', eventTypes, reducer, eventStorageAdapter, onEventPushed });
  const requiredEventStores = tuple(store);
  const create = new Command({
    commandId: 'CREATE_TODO',
    requiredEventStores,
    handler: async ({ aggregateId, description }, [events]) =>
      events.pushEvent({ aggregateId, version: 1, type: 'TodoCreated', payload: { description } }),
  });
  const rename = new Command({
    commandId: 'RENAME_TODO',
    requiredEventStores,
    handler: async ({ aggregateId, description }, [events]) => {
      const { aggregate } = await events.getExistingAggregate(aggregateId);
      if (description === aggregate.description) return;
      const event = { aggregateId, version: aggregate.version + 1, type: 'TodoRenamed', payload: { description } };
      await events.pushEvent(event, { prevAggregate: aggregate });
    },
  });
  return {
    store,
    create: (aggregateId, description) => create.handler({ aggregateId, description }, [store]),
    rename: (aggregateId, description) => rename.handler({ aggregateId, description }, [store]),
    async load(id) {
      const { aggregate, events } = await store.getAggregate(id);
      return { events: events.length, text: aggregate?.description, renames: aggregate?.renames };
    },
  };
}

const inMemory = () => new (require('@castore/event-storage-adapter-in-memory').InMemoryEventStorageAdapter)();

export function todoApp() {
  let first = 0;
  let second = 0;
  // Castore hands a pushed event to one function: the two listeners are called by it.
  const listeners = [
    async ({ event }) => {
      if (event.type === 'TodoRenamed' && event.payload.description) first++;
    },
    async ({ event }) => {
      if (event.type === 'TodoRenamed' && event.payload.description) second++;
    },
  ];
  const open = () =>
    todos(inMemory(), async pushed => void (await Promise.all(listeners.map(listener => listener(pushed)))));
  let app = open();
  return {
    create: (id, description) => app.create(id, description),
    rename: (id, description) => app.rename(id, description),
    calls: () => first + second,
    reset: () => {
      app = open();
    },
    async fill(events, streams) {
      for (let stream = 0; stream < streams; stream++) {
        const aggregateId = `filled-${stream}`;
        for (let version = 1; version <= events / streams; version++) {
          const type = version === 1 ? 'TodoCreated' : 'TodoRenamed';
          // Straight to the adapter: listeners are not for these.
          const event = { aggregateId, version, type, payload: { description: describe(aggregateId, version) } };
          await app.store.getEventStorageAdapter().pushEvent(event, { eventStoreId: 'TODOS' });
        }
      }
    },
    async stream(id) {
      const { events, text } = await app.load(id);
      return { events: first === second ? events : -1, text };
    },
  };
}

/**
 * Rehydration: the events are pushed without loading what is there, which would be read 10,000 times. It has no snapshots; with those by
 * hand (`every`) it reads the events after them and builds the aggregate from there.
 */
export function growingTodo({ every } = {}) {
  const { store, create, load } = todos(inMemory());
  const snapshots = every && new Snapshots(every);
  let version = 1;
  const fromSnapshot = async id => {
    const snapshot = await snapshots.load(id);
    const { events } = await store.getEvents(id, { minVersion: (snapshot?.version ?? 0) + 1 });
    return store.buildAggregate(events, snapshot?.state);
  };
  return {
    create,
    async rename(aggregateId, description) {
      await store.pushEvent({ aggregateId, version: ++version, type: 'TodoRenamed', payload: { description } });
      if (version % every === 0) snapshots.take(aggregateId, version, await fromSnapshot(aggregateId));
    },
    async load(id) {
      if (!snapshots) return load(id);
      const { description, renames } = await fromSnapshot(id);
      return { text: description, renames };
    },
    snapshot: id => snapshots.version(id),
  };
}
