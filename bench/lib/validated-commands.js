// A command of four fields, with a schema of zod and without: an aggregate of three events decides it, and it is stored in memory.
import { check } from './check.js';
import { decorateClass, decorateMethod } from './decorate.js';

const framework = () => import('../../dist/index.js');
/** Of the project's own devDependencies. */
const zod = () => import('zod');

class Noted {
  constructor(text) {
    this.text = text;
  }
}

class Note {
  constructor(id, text, priority, tags) {
    this.id = id;
    this.text = text;
    this.priority = priority;
    this.tags = tags;
  }
}

/** @returns `{ seed(ids), note(id), end(ids) }` */
export async function validatedCommands(variant) {
  const { Command, Flow, InMemoryEventStore } = await framework();
  const { z } = await zod();
  const schemas = {
    types: z.object({ id: z.string(), text: z.string(), priority: z.number(), tags: z.array(z.string()) }),
    bounds: z.object({
      id: z.string().min(1),
      text: z.string().min(1).max(200),
      priority: z.int().min(0).max(9),
      tags: z.array(z.string().min(1)).max(20),
    }),
  };
  const schema = schemas[variant];
  decorateClass(Note, Command('todo.note', schema ? { schema } : {}));
  const List = await listOf();
  let store;
  let flow;
  return {
    async seed(ids) {
      store = new InMemoryEventStore();
      flow = new Flow({ eventStore: store, aggregates: [List] });
      const events = Array.from({ length: 3 }, (_, n) => ({
        ...{ name: 'todo.noted', schemaVersion: 1 },
        payload: { text: `note ${n}` },
      }));
      for (const aggregateId of ids)
        await store.append([{ stream: { aggregateName: 'List', aggregateId }, expected: 'any', events }]);
    },
    note: id => flow.dispatch(new Note(id, 'a text of about forty characters, as usual', 3, ['home', 'garden'])),
    async end(ids) {
      for (const aggregateId of [ids[0], ids.at(-1)]) {
        const { length } = await store.read({ aggregateName: 'List', aggregateId });
        check(length === 4, `${aggregateId} has ${length} events, not 4`);
      }
      if (schema) {
        const refused = await flow.dispatch(new Note(ids[0], 5, 3, [])).catch(error => error.code);
        check(refused === 'INVALID_MESSAGE', `a wrong command led to ${refused}`);
      }
      await flow.close();
    },
  };
}

async function listOf() {
  const { Aggregate, AggregateRoot, CommandHandler, Event, EventHandler } = await framework();
  decorateClass(Noted, Event('todo.noted'));
  class List extends AggregateRoot {
    texts = 0;

    note({ text }) {
      return new Noted(text);
    }

    noted() {
      this.texts++;
    }
  }
  decorateMethod(List, 'note', CommandHandler(Note));
  decorateMethod(List, 'noted', EventHandler(Noted));
  decorateClass(List, Aggregate('List'));
  return List;
}
