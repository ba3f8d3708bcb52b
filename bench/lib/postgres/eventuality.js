// eventuality/postgres, with its defaults.
import { describe } from '../todo.js';
import { once, ownSchema } from './server.js';

const stream = index => ({ aggregateName: 'Todo', aggregateId: `todo-${index}` });

export async function openStore(options) {
  const { default: postgres } = await import('../../../dist/postgres/index.js');
  const { schema } = await ownSchema(options);
  const store = postgres.postgres({ connectionString: options.url, schema });
  await store.ready();
  const count = async () => Number((await once(options.url, `select count(*) from ${schema}.eventuality_events`))[0].count);
  return { store, count };
}

/** Appends straight to the store, as an event of a command: with its metadata. */
export async function eventStore(options) {
  const { store, count } = await openStore(options);
  return {
    count,
    async append(index) {
      const outcome = await store.append([{ stream: stream(index), expected: 'none', events: [created(index)] }]);
      if (!outcome.ok) throw new Error(`todo-${index} conflicts`);
    },
    async stream(index) {
      const events = await store.read(stream(index));
      return { events: events.length, text: events.at(-1)?.payload.description };
    },
    async fill(events, streams) {
      const each = events / streams;
      const perAppend = Math.max(1, Math.floor(1000 / each));
      for (let first = 0; first < streams; first += perAppend) {
        const appends = Array.from({ length: Math.min(perAppend, streams - first) }, (_, offset) => ({
          stream: { aggregateName: 'Todo', aggregateId: `filled-${first + offset}` },
          expected: 'none',
          events: Array.from({ length: each }, () => created(first + offset)),
        }));
        const outcome = await store.append(appends);
        if (!outcome.ok) throw new Error(`filled-${first} conflicts`);
      }
    },
    page: (after, limit) => store.readAll({ after: BigInt(after), limit }),
  };
}

export const metadata = { correlationId: 'c', causationId: 'c', commandName: 'CreateTodo' };

function created(index) {
  return { name: 'TodoCreated', payload: { description: describe(`todo-${index}`) }, metadata };
}
