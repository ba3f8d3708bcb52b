import type { EventStore } from '../../src/store';
import { eventStoreContract } from '../../src/testing';
import { TestSchema } from '../support/stores/schema';

const schema = new TestSchema(__filename);
const prefixes = new WeakMap<EventStore, string>();
let opened = 0;

/** Opens a store on tables of its own, or on those of another store. */
function open(tablePrefix = `case_${++opened}_`): EventStore {
  const store = schema.open({ tablePrefix, maxConnections: 4 });
  prefixes.set(store, tablePrefix);
  return store;
}

const again = (store: EventStore): EventStore => open(prefixes.get(store));

test.each(
  eventStoreContract({ open: () => open(), reopen: again, openAgain: again, restores: true, commands: true }).map(
    ({ name, run }) => ({
      name,
      run,
    }),
  ),
)('$name', ({ run }) => run(), 20_000);
