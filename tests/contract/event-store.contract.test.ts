import { CustomEventStore, InMemoryEventStore } from '../../src/store';
import { type EventStoreContractOptions, eventStoreContract } from '../../src/testing';

const stores: Readonly<Record<string, EventStoreContractOptions>> = {
  InMemoryEventStore: { open: () => new InMemoryEventStore() },
  'CustomEventStore of append and readAll': {
    open: () => {
      const store = new InMemoryEventStore();
      return new CustomEventStore({ append: appends => store.append(appends), readAll: page => store.readAll(page) });
    },
  },
};

describe.each(Object.entries(stores))('%s', (_, options) => {
  test.each(eventStoreContract(options).map(({ name, run }) => [name, run] as const))('%s', (_name, run) => run());
});
