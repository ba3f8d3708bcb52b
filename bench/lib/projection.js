// What the contenders of this framework do with a story, whichever store they have: a projection class in a module, bootstrapped.
import { newId } from '../../dist/index.js';
import { decorateClass, decorateMethod } from './decorate.js';
import { TodoCompleted, TodoCreated, TodoRenamed } from './messages.js';

const NAME = 'todo-list';
const TIMEOUT = 600_000;

/** Fills a store with the batches of a story; its events carry what those of a command carry. Returns the position of the last one. */
export async function seed(store, batches) {
  let position;
  for (const batch of batches) {
    const outcome = await store.append(
      batch.map(({ id, version, events }) => ({
        stream: { aggregateName: 'Todo', aggregateId: id },
        expected: version,
        events: events.map(event => ({ ...event, metadata: metadata() })),
      })),
    );
    if (!outcome.ok) throw new Error(`${outcome.conflicts[0].stream.aggregateId} conflicts`);
    position = outcome.events.at(-1).position;
  }
  return position;
}

/** @param open opens the store: an application closes its own, so each round needs another */
export async function projection(open) {
  const all = await import('../../dist/index.js');
  const TodoModule = moduleOf(all);
  let store;
  let head;
  let flow;
  return {
    async seed(batches) {
      store = await open();
      head = await seed(store, batches);
      await store.close();
    },
    /** Forgets the read model; the application that is to follow gets the store. */
    async reset() {
      store = await open();
      await store.projections.drop(NAME, 1);
    },
    async catchUp() {
      flow = await all.bootstrap(TodoModule, { eventStore: store });
      await flow.waitFor(head, { timeout: TIMEOUT });
    },
    end: () => flow.close(),
  };
}

function moduleOf({ EventHandler, Module, Projection }) {
  class TodoList {
    created({ description }, { documents, event }) {
      documents.set(event.aggregateId, { description, renames: 0, completed: false });
    }

    async renamed({ description }, { documents, event }) {
      await documents.update(event.aggregateId, todo => ({ ...todo, description, renames: todo.renames + 1 }));
    }

    async completed(_event, { documents, event }) {
      await documents.update(event.aggregateId, { completed: true });
    }
  }
  decorateMethod(TodoList, 'created', EventHandler(TodoCreated));
  decorateMethod(TodoList, 'renamed', EventHandler(TodoRenamed));
  decorateMethod(TodoList, 'completed', EventHandler(TodoCompleted));
  decorateClass(TodoList, Projection(NAME));
  class TodoModule {}
  decorateClass(TodoModule, Module({ components: [TodoList] }));
  return TodoModule;
}

function metadata() {
  const causationId = newId();
  return { correlationId: causationId, causationId, commandName: 'Todo' };
}
