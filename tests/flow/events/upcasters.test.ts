import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
  defineEvent,
  defineProjection,
  Event,
  EventHandler,
  type EventStore,
  Flow,
  InMemoryEventStore,
  Module,
  Repository,
} from 'eventuality';
import { EventualityError, UndeclaredEventError } from 'eventuality/errors';
import { given } from 'eventuality/testing';
import { as, Upcaster, upcaster } from 'eventuality/upcasting';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';

const moduleOf = (...components: any[]) => {
  @Module({ components })
  class TestModule {}
  return TestModule;
};
const stream = (aggregateId: string, aggregateName = 'Account') => ({ aggregateName, aggregateId });
const append = (store: EventStore, id: string, ...events: { name: string; schemaVersion: number; payload: object }[]) =>
  store.append([{ stream: stream(id), expected: 'any', events }]);
const thrownBy = async (work: () => unknown): Promise<EventualityError> => {
  try {
    await work();
  } catch (error) {
    if (EventualityError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('events without classes', () => {
  const opened = defineEvent<{ owner: string; since: string }>()('account.opened', {
    version: 2,
    upcast: { 1: (data, { recordedAt }) => ({ ...data, since: recordedAt.slice(0, 4) }) },
  });
  const paid = defineEvent<{ cents: number }>()('account.paid');
  const account = defineAggregate({
    name: 'Account',
    state: { owner: '', since: '', cents: 0 },
    events: [opened, paid],
    on: {
      'account.opened': (state, { payload }) => ({ ...state, ...payload }),
      'account.paid': (state, { payload }) => ({ ...state, cents: state.cents + payload.cents }),
    },
    methods: {
      pay(cents: number) {
        return paid(this.id, { cents });
      },
    },
    commands: { Pay: ({ since }, { id, cents }) => (since ? paid(id, { cents }) : []) },
  });
  const upcasters = [
    upcaster('account.created', { from: 1, to: opened }, data => as(opened, 1, data)),
    upcaster('account.settled', { from: 1, to: paid }, ({ sums }) =>
      sums.map((cents: number) => as(paid, 1, { cents })),
    ),
  ];
  const old = [
    { name: 'account.created', schemaVersion: 1, payload: { owner: 'Ann' } },
    { name: 'account.settled', schemaVersion: 1, payload: { sums: [1, 2] } },
  ];

  test('are created by their definition, with its version, and are read by aggregates, projections and the bus', async () => {
    const eventStore = new InMemoryEventStore();
    await append(eventStore, 'a', ...old);
    const totals = defineProjection<{ cents: number; parts: string[] }>({
      name: 'totals',
      on: {
        'account.paid': async ({ cents }, { documents, event: { aggregateId, part, parts } }) => {
          const before = (await documents.get(aggregateId)) ?? { cents: 0, parts: [] };
          documents.set(aggregateId, { cents: before.cents + cents, parts: [...before.parts, `${part}/${parts}`] });
        },
      },
    });
    const flow = new Flow({ eventStore, aggregates: [account], processors: [totals], upcasters, logger: SILENT });
    const { position } = await flow.dispatch({ name: 'Pay', message: { id: 'a', cents: 4 } });
    await flow.waitFor(position!);
    const loaded = await flow.repository(account).load('a');
    expect(loaded.state).toEqual({ owner: 'Ann', since: String(new Date().getFullYear()), cents: 7 });
    expect(loaded.version).toBe(3);
    expect(await flow.readModel(totals).get('a')).toEqual({ cents: 7, parts: ['1/2', '2/2', 'undefined/undefined'] });
    expect((await eventStore.readAll()).map(({ name, schemaVersion }) => [name, schemaVersion])).toEqual([
      ['account.created', 1],
      ['account.settled', 1],
      ['account.paid', 1],
    ]);
    expect(
      (
        await flow
          .repository(account)
          .add(loaded)
          .catch(error => error)
      ).code,
    ).toBe('AGGREGATE_ALREADY_EXISTS');
    await flow.close();
  });

  test('are stored in the version of their definition', async () => {
    const eventStore = new InMemoryEventStore();
    const opening = defineAggregate({
      ...{ name: 'Account', state: { owner: '' }, events: [opened] },
      commands: {
        Open: { creates: true, decide: (_, { id, owner }) => opened(id, { owner, since: '2026' }) },
      },
    });
    const flow = new Flow({ eventStore, aggregates: [opening] });
    const { events } = await flow.dispatch({ name: 'Open', message: { id: 'b', owner: 'Bob' } });
    expect(events).toMatchObject([{ name: 'account.opened', schemaVersion: 2, payload: { owner: 'Bob' } }]);
    await flow.close();
  });

  test('are read by a repository alone, by the steps of its own events; upcasters come with a reader', async () => {
    const eventStore = new InMemoryEventStore();
    await append(eventStore, 'a', { name: 'account.opened', schemaVersion: 1, payload: { owner: 'Ann' } });
    const alone = new Repository(account, eventStore);
    expect((await alone.load('a')).state).toMatchObject({ owner: 'Ann', since: expect.stringMatching(/^\d{4}$/) });
    await append(eventStore, 'a', old[1]!);
    await expect(alone.load('a')).rejects.toMatchObject({ code: 'UNDECLARED_EVENT', eventName: 'account.settled' });
    const { eventReader } = new Flow({ eventStore, aggregates: [account], upcasters });
    expect((await new Repository(account, eventStore, { eventReader }).load('a')).state.cents).toBe(3);
  });
});

@Event('account.paid', { version: 2, upcast: { 1: ({ sum }) => ({ cents: sum * 100 }) } })
class Paid {
  constructor(readonly cents: number) {}
}
class Pay {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}
@Aggregate('Account', { snapshot: { every: 2 } })
class Account extends AggregateRoot<Paid> {
  cents = 0;

  @CommandHandler(Pay, { creates: 'if-missing' })
  pay({ cents }: Pay): Paid {
    return new Paid(cents);
  }

  @EventHandler(Paid)
  paid({ cents }: Paid): void {
    this.cents += cents;
  }
}

describe.each(PLACES)('%s', (_, make) => {
  const place = make();
  afterAll(() => place.end());

  test('the outcome of a repeated command has the events that older code has stored in their current version', async () => {
    const eventStore = place.open();
    const older = defineAggregate({
      ...{ name: 'Account', state: {} },
      commands: {
        Pay: {
          creates: 'if-missing',
          decide: (_state, { id, cents }) => defineEvent('account.paid')(id, { sum: cents / 100 }),
        },
      },
    });
    const before = new Flow({ eventStore, aggregates: [older] });
    const commandId = '7f000000-0000-4000-8000-000000000001';
    const first = await before.dispatch({ name: 'Pay', message: { id: 'r', cents: 500 } }, { commandId });
    const flow = new Flow({ eventStore, aggregates: [Account] });
    const again = await flow.dispatch(new Pay('r', 500), { commandId });
    expect(again).toMatchObject({ succeeded: true, position: first.position, version: 1 });
    expect(again.events).toMatchObject([{ id: first.events[0]!.id, schemaVersion: 2, payload: { cents: 500 } }]);
    expect((await flow.repository(Account).load('r')).cents).toBe(500);
  });

  test('an earlier version is written for a deploy, and read by older code and by this one', async () => {
    @Event('account.paid', {
      ...{ version: 3, writes: 2 },
      upcast: { 1: ({ sum }) => ({ cents: sum * 100 }), 2: ({ cents }) => ({ amount: { cents } }) },
      downcast: { 3: ({ amount }) => ({ cents: amount.cents }) },
    })
    class NewPaid {
      constructor(readonly amount: { readonly cents: number }) {}
    }
    const heard: unknown[] = [];
    class Hearing {
      @EventHandler(NewPaid)
      paid(event: NewPaid): void {
        heard.push(event);
      }
    }
    @Aggregate('Account')
    class NewAccount extends AggregateRoot<NewPaid> {
      cents = 0;

      @CommandHandler(Pay, { creates: 'if-missing' })
      pay({ cents }: Pay): NewPaid {
        return new NewPaid({ cents });
      }

      @EventHandler(NewPaid)
      paid({ amount }: NewPaid): void {
        this.cents += amount.cents;
      }
    }
    const eventStore = place.open();
    const flow = await bootstrap(moduleOf(NewAccount, Hearing), { eventStore });
    flow.eventBus.subscribe('account.paid', ({ payload }) => void heard.push(payload));
    await flow.dispatch(new Pay('w', 7));
    await flow.dispatch(new Pay('w', 8));
    await flow.eventBus.drain();
    const stored = await eventStore.read(stream('w'));
    expect(stored.map(({ schemaVersion, payload }) => [schemaVersion, { ...payload }])).toEqual([
      [2, { cents: 7 }],
      [2, { cents: 8 }],
    ]);
    expect((await flow.repository(NewAccount).load('w')).cents).toBe(15);
    expect((await new Repository(Account, eventStore).load('w')).cents).toBe(15);
    expect(heard).toHaveLength(4);
    expect(heard).toEqual(
      expect.arrayContaining([new NewPaid({ cents: 7 }), { amount: { cents: 7 } }, new NewPaid({ cents: 8 })]),
    );
    await given(NewAccount, new NewPaid({ cents: 1 }))
      .when(new Pay('w', 2))
      .then(new NewPaid({ cents: 2 }));
  });

  test('a snapshot that was folded when events were read in another way is not used, and is replaced', async () => {
    const eventStore = place.open();
    await append(eventStore, 's', { name: 'account.settled', schemaVersion: 1, payload: { sum: 3 } });
    const settled = (factor: number) =>
      upcaster('account.settled', { from: 1, to: Paid }, ({ sum }) => as(Paid, 2, { cents: sum * factor }));
    const flowOf = (...upcasters: ReturnType<typeof settled>[]) =>
      new Flow({
        eventStore,
        aggregates: [Account],
        upcasters,
        logger: { ...SILENT, warn: line => warned.push(line) },
      });
    const warned: unknown[] = [];
    const passing = flowOf();
    await passing.dispatch(new Pay('s', 1));
    await passing.repository(Account).drain();
    const { snapshots } = eventStore;
    expect((await snapshots!.load(stream('s'), 1))!.state).not.toContain('settled');
    const reading = flowOf(settled(100));
    expect((await reading.repository(Account).load('s')).cents).toBe(301);
    await reading.dispatch(new Pay('s', 1));
    await reading.repository(Account).drain();
    expect((await snapshots!.load(stream('s'), 1))!.state).toMatch(
      /^#account\.paid@2, account\.settled@0 1>account\.paid\n\{/,
    );
    expect((await reading.repository(Account).load('s')).cents).toBe(302);
    expect(warned).toEqual([]);
  });
});

describe('events that an aggregate does not know', () => {
  @Event('account.closed')
  class Closed {}
  @Aggregate('Account', { events: [Closed] })
  class Declaring extends Account {}

  test('are an error where it declares its events, and passed over otherwise', async () => {
    const eventStore = new InMemoryEventStore();
    await append(eventStore, 'a', { name: 'account.paid', schemaVersion: 2, payload: { cents: 1 } });
    await append(eventStore, 'a', { name: 'account.closed', schemaVersion: 1, payload: {} });
    expect((await new Repository(Declaring, eventStore).load('a')).cents).toBe(1);
    await append(eventStore, 'a', { name: 'account.closd', schemaVersion: 1, payload: {} });
    expect((await new Repository(Account, eventStore).load('a')).cents).toBe(1);
    const repository = new Repository(Declaring, eventStore);
    await expect(repository.load('a')).rejects.toBeInstanceOf(UndeclaredEventError);
    await expect(repository.load('a')).rejects.toThrow(/Did you mean 'account\.closed'\?/);
    await expect(new Flow({ eventStore, aggregates: [Declaring] }).dispatch(new Pay('a', 1))).rejects.toMatchObject({
      code: 'UNDECLARED_EVENT',
    });
  });

  test('are none when they delete it', async () => {
    const eventStore = new InMemoryEventStore();
    const repository = new Repository(Declaring, eventStore);
    const flow = new Flow({ eventStore, aggregates: [Declaring] });
    await flow.dispatch(new Pay('a', 1));
    await repository.delete('a');
    expect(await repository.find('a')).toBeNull();
  });
});

describe('what does not fit together is found at the start, with everything else', () => {
  @Event('account.paid', { version: 3, upcast: { 1: data => data, 2: 'upcaster' } })
  class Incomplete {}
  class Listening {
    @EventHandler(Incomplete)
    heard(_: Incomplete): void {}
  }
  class Wrong {
    @Upcaster('x', { from: 1, to: Incomplete })
    @Upcaster('x', { from: 1, to: Incomplete })
    twice() {
      return as(Incomplete, 3, {});
    }
  }
  class Broken {
    @Upcaster('', { from: 0, to: [] })
    wrong() {
      return [];
    }
  }

  test('by bootstrap', async () => {
    const { faults } = (await thrownBy(() => bootstrap(moduleOf(Listening, Wrong)))) as never as { faults: string[] };
    expect(faults).toEqual([
      "Wrong.twice and Wrong.twice both take version 1 of 'x'. Keep one of them.",
      expect.stringContaining("'account.paid' has version 3, and nothing leads on from version 2."),
    ]);
    const wrong = await thrownBy(() => bootstrap(moduleOf(Listening, Broken)));
    expect(wrong.message).toMatch(
      /@Upcaster\(''\): the name is ''[\s\S]*from is 0[\s\S]*nothing leads on from version 2/,
    );
  });

  test('by a Flow', async () => {
    const eventStore = new InMemoryEventStore();
    const parts = { eventStore, events: [Incomplete], upcasters: [Wrong] };
    expect((await thrownBy(() => new Flow(parts))).message).toMatch(/both take version 1[\s\S]*nothing leads on/);
    const named = { ...parts, messageClasses: { events: [Paid, Incomplete] } };
    expect((await thrownBy(() => new Flow(named))).message).toMatch(
      /two event classes have the name 'account\.paid'[\s\S]*both take version 1/,
    );
    const wrong = await thrownBy(() => new Flow({ eventStore, events: [7 as never], upcasters: [{} as never] }));
    expect(wrong.message).toMatch(/events\[0\] is 7[\s\S]*upcasters\[0\] is an object/);
  });
});
