// The Todo domain without any framework, written to be fast: the same ids (eventuality's own generator), times formatted once a millisecond.
import { newId } from '../../dist/index.js';
import { Nothing } from './messages.js';
import { Snapshots } from './snapshots.js';
import { describe } from './todo.js';

const ready = Promise.resolve();
let lastTime = 0;
let lastText = '';

function isoTime() {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastText = new Date(now).toISOString();
  }
  return lastText;
}

/** With `every`, a snapshot is taken every so many events. */
export function handWritten({ awaited = false, every } = {}) {
  const snapshots = every && new Snapshots(every);
  let streams = new Map();
  let position = 0n;
  let first = 0;
  let second = 0;
  const listeners = {
    TodoCreated: [],
    TodoRenamed: [
      event => {
        if (event.payload.description) first++;
      },
      event => {
        if (event.payload.description) second++;
      },
    ],
  };

  function evolve(state, { name, payload }) {
    if (name === 'TodoCreated') state.description = payload.description;
    else if (name === 'TodoRenamed') {
      state.description = payload.description;
      state.renames++;
    }
  }

  function load(events) {
    const state = { description: '', renames: 0 };
    for (const event of events) evolve(state, event);
    return state;
  }

  function loadFromSnapshot(id) {
    const { version, state } = snapshots.load(id) ?? { version: 0, state: load([]) };
    const events = read(id);
    for (let index = version; index < events.length; index++) evolve(state, events[index]);
    return state;
  }

  const read = id => streams.get(id) ?? [];

  function append(id, expected, commandName, name, description) {
    let stream = streams.get(id);
    const version = stream?.length ?? 0;
    if (version !== expected) throw new Error(`${id} is at version ${version}, not ${expected}`);
    const causationId = newId();
    const event = Object.freeze({
      id: newId(),
      name,
      schemaVersion: 1,
      aggregateName: 'Todo',
      aggregateId: id,
      version: version + 1,
      position: ++position,
      payload: Object.freeze({ description }),
      metadata: Object.freeze({ correlationId: causationId, causationId, commandName }),
      recordedAt: isoTime(),
    });
    if (stream) stream.push(event);
    else {
      stream = [event];
      streams.set(id, stream);
    }
    return event;
  }

  function publish(event) {
    for (const listener of listeners[event.name]) {
      ready.then(() => {
        try {
          listener(event);
        } catch (error) {
          console.error(error);
        }
      });
    }
  }

  const readAsync = async id => read(id);
  const appendAsync = async (...args) => append(...args);

  const commands = {
    async create(id, description) {
      const events = awaited ? await readAsync(id) : read(id);
      if (events.length > 0) throw new Error(`${id} exists`);
      const appended = awaited
        ? await appendAsync(id, 0, 'CreateTodo', 'TodoCreated', description)
        : append(id, 0, 'CreateTodo', 'TodoCreated', description);
      publish(appended);
      return appended;
    },
    async rename(id, description) {
      const events = awaited ? await readAsync(id) : read(id);
      if (events.length === 0) throw new Error(`${id} is missing`);
      const state = snapshots ? loadFromSnapshot(id) : load(events);
      if (state.description === description) return undefined;
      const appended = awaited
        ? await appendAsync(id, events.length, 'RenameTodo', 'TodoRenamed', description)
        : append(id, events.length, 'RenameTodo', 'TodoRenamed', description);
      publish(appended);
      if (appended.version % every === 0) snapshots.take(id, appended.version, loadFromSnapshot(id));
      return appended;
    },
  };
  return {
    ...commands,
    calls: () => first + second,
    reset: () => {
      streams = new Map();
    },
    fill(events, streamCount) {
      for (let index = 0; index < streamCount; index++) {
        const id = `filled-${index}`;
        for (let version = 0; version < events / streamCount; version++) {
          append(id, version, 'CreateTodo', version === 0 ? 'TodoCreated' : 'TodoRenamed', describe(id, version));
        }
      }
    },
    async stream(id) {
      const events = read(id);
      return { events: first === second ? events.length : -1, text: events.at(-1)?.payload.description };
    },
    async load(id) {
      const { description, renames } = snapshots ? loadFromSnapshot(id) : load(read(id));
      return { text: description, renames };
    },
    snapshot: id => snapshots.version(id),
  };
}

export function noOpMap() {
  let calls = 0;
  const handlers = new Map([
    [
      Nothing,
      async () => {
        calls++;
      },
    ],
  ]);
  return { Command: Nothing, dispatch: command => handlers.get(command.constructor)(command), calls: () => calls };
}
