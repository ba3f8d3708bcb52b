// @event-driven-io/emmett as its guide shows it: a decider, CommandHandler, a store; listeners on its in-memory message bus.
import { inFlight } from './in-flight.js';
import { Snapshots } from './snapshots.js';
import { describe } from './todo.js';
import { versionsOf } from './versions.js';

export const versions = () => versionsOf(['@event-driven-io/emmett']);

export const initialState = () => ({ description: '', renames: 0 });

/** The guide's reducers make a new state of each event. */
export function evolve(state, { type, data }) {
  switch (type) {
    case 'TodoCreated':
      return { ...state, description: data.description };
    case 'TodoRenamed':
      return { ...state, description: data.description, renames: state.renames + 1 };
    default:
      return state;
  }
}

const renamed = description => ({ type: 'TodoRenamed', data: { description } });

export const decide = {
  create: description => ({ type: 'TodoCreated', data: { description } }),
  rename: (state, description) => (state.description === description ? [] : renamed(description)),
  seeded: ([first, ...rest]) => [decide.create(first), ...rest.map(renamed)],
};

/** Fills a store by its own API, one append for each stream. */
export async function fill(store, events, streams, atOnce = 1) {
  const texts = id => Array.from({ length: events / streams }, (_, index) => describe(id, index));
  const append = id => store.appendToStream(id, decide.seeded(texts(id)));
  await inFlight(
    atOnce,
    index => index < streams,
    index => append(`filled-${index}`),
  );
}

export async function todoApp() {
  const { CommandHandler, forwardToMessageBus, getInMemoryEventStore, getInMemoryMessageBus } = await import(
    '@event-driven-io/emmett'
  );
  let first = 0;
  let second = 0;
  const bus = getInMemoryMessageBus();
  bus.subscribe(({ data }) => {
    if (data.description) first++;
  }, 'TodoRenamed');
  bus.subscribe(({ data }) => {
    if (data.description) second++;
  }, 'TodoRenamed');
  const newStore = () => getInMemoryEventStore({ hooks: { onAfterCommit: forwardToMessageBus(bus) } });
  let store = newStore();
  const handle = CommandHandler({ evolve, initialState });
  const load = id => store.aggregateStream(id, { evolve, initialState });
  return {
    create: (id, description) => handle(store, id, () => decide.create(description)),
    rename: (id, description) => handle(store, id, state => decide.rename(state, description)),
    calls: () => first + second,
    reset: () => {
      store = newStore();
    },
    fill: (events, streams) => fill(store, events, streams),
    async stream(id) {
      const { state, currentStreamVersion } = await load(id);
      return { events: first === second ? Number(currentStreamVersion) : -1, text: state.description };
    },
    async load(id) {
      const { state } = await load(id);
      return { text: state.description, renames: state.renames };
    },
  };
}

/**
 * Rehydration: the events are appended without loading what is there, which would be read 10,000 times. It has no snapshots; those by hand
 * (`every`) are given to it as the initial state, and where to read from.
 */
export async function growingTodo({ every } = {}) {
  const { getInMemoryEventStore } = await import('@event-driven-io/emmett');
  const store = getInMemoryEventStore();
  const snapshots = every && new Snapshots(every);
  const load = async id => {
    const snapshot = snapshots && (await snapshots.load(id));
    const start = snapshot && { initialState: () => snapshot.state, read: { from: BigInt(snapshot.version) } };
    return (await store.aggregateStream(id, { evolve, initialState, ...start })).state;
  };
  const append = async (id, event) => {
    const { nextExpectedStreamVersion } = await store.appendToStream(id, [event]);
    const version = Number(nextExpectedStreamVersion);
    if (version % every === 0) snapshots.take(id, version, await load(id));
  };
  return {
    create: (id, description) => append(id, decide.create(description)),
    rename: (id, description) => append(id, renamed(description)),
    async load(id) {
      const { description, renames } = await load(id);
      return { text: description, renames };
    },
    snapshot: id => snapshots.version(id),
  };
}

export async function noOpBus() {
  const { getInMemoryMessageBus } = await import('@event-driven-io/emmett');
  let calls = 0;
  const bus = getInMemoryMessageBus();
  bus.handle(async () => {
    calls++;
  }, 'Nothing');
  class Nothing {
    type = 'Nothing';

    constructor(id) {
      this.data = { id };
    }
  }
  return { Command: Nothing, dispatch: command => bus.send(command), calls: () => calls };
}
