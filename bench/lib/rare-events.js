// A projection that handles one event name in many, over a store that filters by name or is kept from it.
import { newId } from '../../dist/index.js';
import { describe } from './todo.js';

const NAME = 'rare';
const AT_ONCE = 1000;
const TIMEOUT = 600_000;

/** @param openStore of a database, as `lib/sqlite/eventuality.js` has it */
export async function rareEvents(openStore, { filters, rarity, ...options }) {
  const all = await import('../../dist/index.js');
  const { ForwardingEventStore } = await import('../../dist/store-kit.js');
  /** Leaves out of a question what a store may not know. */
  class Unfiltered extends ForwardingEventStore {
    readAll({ after, limit, signal } = {}) {
      return this.inner.readAll({ ...(after && { after }), ...(limit && { limit }), ...(signal && { signal }) });
    }
  }
  const processor = all.defineProjection({
    name: NAME,
    indexes: ['kind'],
    on: {
      Happened0: ({ description }, { event, documents }) => documents.set(event.id, { kind: NAME, description }),
    },
  });
  const { open, store: opened } = await openStore(options);
  await opened?.close();
  let store;
  let flow;
  return {
    async fill(events) {
      store = await open();
      for (let first = 0; first < events; first += AT_ONCE) await append(store, first, rarity);
      await store.close();
    },
    /** Forgets the documents; a Flow closes its store, so each round has its own. */
    async reset() {
      store = await open();
      await store.projections.drop(NAME, 1);
    },
    async catchUp() {
      const [head] = await store.readAll({ direction: 'backward', limit: 1 });
      flow = new all.Flow({ eventStore: filters ? store : new Unfiltered(store), processors: [processor] });
      await flow.processors.ready();
      await flow.waitFor(head.position, { timeout: TIMEOUT });
    },
    async end() {
      let documents = 0;
      for await (const _ of flow.readModel(NAME).all()) documents++;
      await flow.close();
      return documents;
    },
  };
}

async function append(store, first, rarity) {
  const aggregateId = `rare-${first}`;
  const events = Array.from({ length: AT_ONCE }, (_, index) => {
    const causationId = newId();
    return {
      name: `Happened${(first + index) % rarity}`,
      payload: { description: describe(aggregateId, index) },
      metadata: { correlationId: causationId, causationId, commandName: 'Happen' },
    };
  });
  const outcome = await store.append([{ stream: { aggregateName: 'Thing', aggregateId }, expected: 'none', events }]);
  if (!outcome.ok) throw new Error(`${aggregateId} conflicts`);
}
