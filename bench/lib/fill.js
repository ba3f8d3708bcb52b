// Fills a store of this framework by its own API, many streams in one append; each stream's events carry what those of a command carry.
import { newId } from '../../dist/index.js';
import { describe } from './todo.js';

const AT_ONCE = 1000;

export async function fill(store, events, streams) {
  const each = events / streams;
  const streamsAtOnce = Math.max(1, Math.floor(AT_ONCE / each));
  for (let first = 0; first < streams; first += streamsAtOnce) {
    const count = Math.min(streamsAtOnce, streams - first);
    const outcome = await store.append(
      Array.from({ length: count }, (_, offset) => newStream(`filled-${first + offset}`, each)),
    );
    if (!outcome.ok) throw new Error(`filled-${first} conflicts`);
  }
}

function newStream(aggregateId, length) {
  const events = Array.from({ length }, (_, index) => {
    const causationId = newId();
    const metadata = { correlationId: causationId, causationId, commandName: 'CreateTodo' };
    return {
      name: index === 0 ? 'TodoCreated' : 'TodoRenamed',
      payload: { description: describe(aggregateId, index) },
      metadata,
    };
  });
  return { stream: { aggregateName: 'Todo', aggregateId }, expected: 'none', events };
}
