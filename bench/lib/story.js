// What happens to many todos, for the workloads that make a read model of it, and what the read model must be in the end.
import { createHash } from 'node:crypto';
import { describe } from './todo.js';

const BATCH = 1_000;
/** After how many other todos were created something happens again to one: soon, so mostly on the same page of events, or pages later. */
const SOON = 20;
const LATER = 2_000;

/** What happens to three todos, ten events in all: after how many other todos, and what. */
const LIVES = [
  [created(0), renamed(SOON, 'second'), completed(LATER)],
  [created(0), renamed(SOON, 'second'), renamed(LATER, 'third')],
  [created(0), renamed(SOON, 'second'), renamed(LATER, 'third'), completed(LATER + SOON)],
];

/**
 * So many events, a multiple of 10, for three tenths as many todos, as batches of 1,000: `{ id, version, events }` each, where `version` is
 * that of the todo before. A store is filled with one batch after the other, in this order.
 */
export function story(size) {
  const events = Array.from({ length: (size / 10) * 3 }, (_, todo) => life(todo)).flat();
  events.sort((a, b) => a.at - b.at || a.todo - b.todo || a.version - b.version);
  const batches = [];
  for (let first = 0; first < events.length; first += BATCH) batches.push(byTodo(events.slice(first, first + BATCH)));
  return batches;
}

/** The document of a todo after an event, made of the one before: what every contender does in its own way. */
export function fold(document, { name, payload }) {
  if (name === 'TodoCreated') return { description: payload.description, renames: 0, completed: false };
  if (name === 'TodoRenamed') return { ...document, description: payload.description, renames: document.renames + 1 };
  return { ...document, completed: true };
}

/** The number and the digest of the documents that a story leads to. */
export function outcomeOf(batches) {
  const documents = new Map();
  for (const { id, events } of batches.flat())
    for (const event of events) documents.set(id, fold(documents.get(id), event));
  return digestOf([...documents].map(([id, document]) => ({ id, document })));
}

/** The number and the digest of documents, whatever their order. */
export function digestOf(documents) {
  const lines = documents.map(
    ({ id, document: { description, renames, completed } }) => `${id}|${description}|${renames}|${completed}`,
  );
  return { count: documents.length, digest: createHash('md5').update(lines.sort().join('\n')).digest('hex') };
}

function created(after) {
  return { after, name: 'TodoCreated', payload: id => ({ description: describe(id, 'first') }) };
}

function renamed(after, what) {
  return { after, name: 'TodoRenamed', payload: id => ({ description: describe(id, what) }) };
}

function completed(after) {
  return { after, name: 'TodoCompleted', payload: id => ({ note: describe(id, 'done') }) };
}

function life(todo) {
  const id = `todo-${todo}`;
  return LIVES[todo % LIVES.length].map(({ after, name, payload }, version) => ({
    id,
    todo,
    at: todo + after,
    version,
    name,
    payload: payload(id),
  }));
}

function byTodo(events) {
  const streams = new Map();
  for (const { id, version, name, payload } of events) {
    if (!streams.has(id)) streams.set(id, { id, version, events: [] });
    streams.get(id).events.push({ name, payload });
  }
  return [...streams.values()];
}
