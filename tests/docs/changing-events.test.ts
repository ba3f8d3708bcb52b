import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  defineEvent,
  Event,
  EventHandler,
  type EventStore,
  exportEvents,
  Flow,
  InMemoryEventStore,
  importEvents,
  Module,
  Projection,
  type ProjectionContext,
} from 'eventuality';
import { given, history, storedEvent } from 'eventuality/testing';
import { as, Upcaster, upcaster } from 'eventuality/upcasting';
import { Todo } from '../../samples/todo/domain';

// #region added
@Event('customer.registered', {
  version: 3,
  upcast: {
    1: ({ mail, ...data }) => ({ ...data, email: mail }),
    2: (data, { recordedAt }) => ({ ...data, since: recordedAt.slice(0, 10) }),
  },
})
class CustomerRegistered {
  constructor(
    readonly name: string,
    readonly email: string,
    /** The day, such as 2026-11-30. */
    readonly since: string,
  ) {}
}
// #endregion added

// #region field
@Event('customer.paid', {
  version: 2,
  upcast: { 1: ({ amount }) => ({ cents: Math.round(amount * 100) }) },
})
class Paid {
  constructor(readonly cents: number) {}
}
// #endregion field

@Event('customer.address-changed')
class AddressChanged {
  constructor(
    readonly street: string,
    readonly city: string,
  ) {}
}

@Event('customer.noted')
class Noted {
  constructor(readonly text: string) {}
}

// #region events
class CustomerHistory {
  @Upcaster('customer.signed-up', { from: 1, to: CustomerRegistered })
  renamed(data: { name: string; mail: string }) {
    return as(CustomerRegistered, 1, data);
  }

  @Upcaster('customer.moved', { from: 1, to: [AddressChanged, Noted] })
  split({ street, city, reason }: { street: string; city: string; reason: string }) {
    return [as(AddressChanged, 1, { street, city }), as(Noted, 1, { text: reason })];
  }

  @Upcaster('customer.page-clicked', { from: 1, to: [] })
  dropped() {
    return [];
  }
}
// #endregion events

@Aggregate('Customer')
class Customer extends AggregateRoot<CustomerRegistered | Paid | AddressChanged | Noted> {
  name = '';
  email = '';
  since = '';
  cents = 0;
  city = '';
  notes: string[] = [];

  @EventHandler(CustomerRegistered)
  registered({ name, email, since }: CustomerRegistered): void {
    Object.assign(this, { name, email, since });
  }

  @EventHandler(Paid)
  paid({ cents }: Paid): void {
    this.cents += cents;
  }

  @EventHandler(AddressChanged)
  moved({ city }: AddressChanged): void {
    this.city = city;
  }

  @EventHandler(Noted)
  noted({ text }: Noted): void {
    this.notes.push(text);
  }
}

@Projection('customers')
class Customers {
  @EventHandler(CustomerRegistered)
  registered({ name }: CustomerRegistered, { documents, event }: ProjectionContext<{ name: string; city?: string }>) {
    documents.set(event.aggregateId, { name });
  }

  @EventHandler(AddressChanged)
  moved({ city }: AddressChanged, { documents, event }: ProjectionContext<{ name: string; city?: string }>) {
    return documents.update(event.aggregateId, { city });
  }
}

// #region module
@Module({ components: [Customer, Customers, CustomerHistory] })
class CustomersModule {}
// #endregion module

/** The events that an earlier version of the code has stored. */
async function stored(file: string): Promise<EventStore> {
  const store = new InMemoryEventStore();
  await importEvents(store, createReadStream(join(__dirname, '../stored-events', file)));
  return store;
}

test('events that were stored before they had any of these shapes are read, renamed, split and dropped', async () => {
  const eventStore = await stored('customers.jsonl');
  const flow = await bootstrap(CustomersModule, { eventStore });
  await flow.waitFor((await eventStore.readAll()).at(-1)!.position);
  const { name, email, since, cents, city, notes, version } = await flow.repository(Customer).load('ann');
  expect({ name, email, since, cents, city, notes }).toEqual({
    ...{ name: 'Ann Lee', email: 'ann@example.com', since: '2026-11-30', cents: 1250, city: 'Graz' },
    notes: ['more space'],
  });
  expect(version).toBe(4);
  expect(await flow.readModel(Customers).get('ann')).toEqual({ name: 'Ann Lee', city: 'Graz' });
  expect(await flow.readModel(Customers).get('bob')).toEqual({ name: 'Bob Roy' });
  await flow.close();
});

test('the first events of the Todo sample are still read', async () => {
  const flow = new Flow({ eventStore: await stored('todos.jsonl'), aggregates: [Todo] });
  const todos = flow.repository(Todo);
  expect(await todos.load('1')).toMatchObject({ description: 'Buy oat milk', completed: false });
  expect(await todos.load('2')).toMatchObject({ description: 'Water the plants', completed: true });
  await flow.close();
});

test('what is stored is read from the store, and exported, as it is', async () => {
  const eventStore = await stored('customers.jsonl');
  const flow = await bootstrap(CustomersModule, { eventStore });
  // #region raw
  const counts: Record<string, number> = {};
  for (const { name, schemaVersion } of await eventStore.readAll({ names: ['customer.signed-up', 'customer.paid'] })) {
    const key = `${name}, version ${schemaVersion}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  // #endregion raw
  expect(counts).toEqual({ 'customer.signed-up, version 1': 2, 'customer.paid, version 1': 2 });
  let exported = '';
  for await (const lines of exportEvents(eventStore)) exported += lines;
  expect(exported).toBe(await readFile(join(__dirname, '../stored-events/customers.jsonl'), 'utf8'));
  await flow.close();
});

test('without classes', async () => {
  // #region plain
  const registered = defineEvent<{ name: string; email: string }>()('customer.registered', {
    version: 2,
    upcast: { 1: ({ mail, ...data }) => ({ ...data, email: mail }) },
  });
  const renamed = upcaster('customer.signed-up', { from: 1, to: registered }, data => as(registered, 1, data));
  const eventStore = await stored('customers.jsonl');
  const flow = new Flow({ eventStore, events: [registered], upcasters: [renamed] });
  const [first] = await eventStore.readAll();
  const current = flow.eventReader.read(first!);
  // #endregion plain
  expect(current).toMatchObject({
    ...{ name: 'customer.registered', schemaVersion: 2, id: first!.id },
    payload: { name: 'Ann Lee', email: 'ann@example.com' },
  });
  await flow.close();
});

test('a version that older processes still read is written until all of them are replaced', async () => {
  // #region deploy
  @Event('customer.paid', {
    version: 2,
    upcast: { 1: ({ amount }) => ({ cents: Math.round(amount * 100) }) },
    writes: 1,
    downcast: { 2: ({ cents }) => ({ amount: cents / 100 }) },
  })
  class PaidForAll {
    constructor(readonly cents: number) {}
  }
  // #endregion deploy
  @Aggregate('Customer')
  class Payer extends AggregateRoot<PaidForAll> {
    cents = 0;

    pay(cents: number): void {
      this.apply(new PaidForAll(cents));
    }

    @EventHandler(PaidForAll)
    paid({ cents }: PaidForAll): void {
      this.cents += cents;
    }
  }
  const eventStore = await stored('customers.jsonl');
  const flow = new Flow({ eventStore, aggregates: [Payer] });
  expect((await flow.repository(Payer).load('ann')).cents).toBe(1250);
  const payer = new Payer('cid');
  payer.pay(250);
  const [event] = await flow.repository(Payer).add(payer);
  expect([event!.schemaVersion, { ...event!.payload }]).toEqual([2, { cents: 250 }]);
  const [written] = await eventStore.readAll({ direction: 'backward', limit: 1 });
  expect([written!.schemaVersion, { ...written!.payload }]).toEqual([1, { amount: 2.5 }]);
  expect((await flow.repository(Payer).load('cid')).cents).toBe(250);
  await flow.close();
});

test('in tests', async () => {
  // #region testing
  const signedUp = storedEvent('customer.signed-up', 1, { name: 'Ann Lee', mail: 'ann@example.com' });
  const moved = storedEvent('customer.moved', 1, { street: 'Elm Street 1', city: 'Graz', reason: 'more space' });
  await given(history(Customer, 'ann', signedUp, moved))
    .project(Customers, { components: [CustomerHistory] })
    .then({ ann: { name: 'Ann Lee', city: 'Graz' } });
  // #endregion testing
});
