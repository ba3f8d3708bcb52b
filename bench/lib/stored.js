// What the contenders of this framework do with a store on a disk, whichever it is.
import { todoFlow } from './eventuality.js';
import { fill } from './fill.js';
import { describe } from './todo.js';

const named = aggregateId => ({ aggregateName: 'Todo', aggregateId });
/** Events carry what those of a command carry. */
const metadata = {
  correlationId: '01890a5d-ac96-774b-bcce-b302099a8057',
  causationId: '01890a5d-ac96-774b-bcce-b302099a8057',
  commandName: 'Todo',
};
const created = description => ({ name: 'TodoCreated', payload: { description }, metadata });
const renamed = description => ({ name: 'TodoRenamed', payload: { description }, metadata });

/** Appends and pages, straight to the store. */
export function eventsOn(store) {
  async function append(appends) {
    const outcome = await store.append(appends);
    if (!outcome.ok) throw new Error(`${outcome.conflicts[0].stream.aggregateId} conflicts`);
  }
  return {
    append: (index, events = 1) =>
      append([
        {
          stream: named(`todo-${index}`),
          expected: 'none',
          events: Array.from({ length: events }, () => created(describe(`todo-${index}`))),
        },
      ]),
    async stream(index) {
      const events = await store.read(named(`todo-${index}`));
      return { events: events.length, text: events.at(-1)?.payload.description };
    },
    fill: (events, streams) => fill(store, events, streams),
    page: (after, limit) => store.readAll({ after: BigInt(after), limit }),
  };
}

/** Commands through a Flow, without a cache. */
export async function commandsOn(store) {
  const { flow, rename } = await todoFlow(store);
  return {
    rename,
    async seed(id, [first, ...rest]) {
      await store.append([{ stream: named(id), expected: 'none', events: [created(first), ...rest.map(renamed)] }]);
    },
    async stream(id) {
      const events = await flow.eventStore.read(named(id));
      return { events: events.length, text: events.at(-1)?.payload.description };
    },
  };
}
