import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  Command,
  CommandBus,
  CommandHandler,
  defineAggregate,
  Event,
  EventBus,
  EventHandler,
  type EventStore,
  Flow,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
  QueryBus,
  QueryHandler,
  Reactor,
  type RecordedEvent,
} from 'eventuality';
import { MessageClassMismatchError } from 'eventuality/errors';
import { given, testFlow } from 'eventuality/testing';
import { SILENT } from '../../support/logger';
import { PLACES } from '../../support/stores/places';
import { products, users } from '../events/namesakes';

@Event('Created', {
  codec: { encode: ({ at }: Coded) => ({ at: at.toISOString() }), decode: ({ at }) => new Coded(new Date(at)) },
})
class Coded {
  constructor(readonly at: Date) {}
}

class Launch {
  constructor(
    readonly id: string,
    readonly coded = false,
  ) {}
}

@Aggregate('User')
class User extends AggregateRoot<users.Created> {
  email = '';

  @CommandHandler(users.Create, { creates: true })
  create({ email }: users.Create): users.Created {
    return new users.Created(email);
  }

  @EventHandler(users.Created)
  created({ email }: users.Created): void {
    this.email = email;
  }
}

/** Decides on an event without a handler, of the name of one that others handle. */
@Aggregate('Product')
class Product extends AggregateRoot<products.Created | Coded> {
  @CommandHandler(Launch, { creates: true })
  launch({ id, coded }: Launch): products.Created | Coded {
    return coded ? new Coded(new Date(0)) : new products.Created(id);
  }
}

class Finder {
  @QueryHandler(users.Find)
  find(): string {
    return 'ann';
  }
}

const mismatch = (kind: string, name: string) => ({ code: 'MESSAGE_CLASS_MISMATCH', kind, messageName: name });

describe('a command of another class than the one handled under its name', () => {
  test('is refused by the aggregate that handles it, with both named, and nothing is stored', async () => {
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [User] });
    await flow.dispatch(new users.Create('u', 'a@b.c'));
    const error: MessageClassMismatchError = await flow
      .dispatch(new products.Create('p', 'bolt') as object)
      .catch(thrown => thrown);
    expect(error).toBeInstanceOf(MessageClassMismatchError);
    expect(error).toMatchObject({ ...mismatch('command', 'Create'), expected: users.Create, actual: products.Create });
    expect(error.message).toBe(
      "The command 'Create' is an instance of a class Create with the fields [id, sku], but the command known under that name is of another " +
        "class, Create. Give one of them another name: @Command('another name'). If a class was loaded twice, load it once.",
    );
    expect(await flow.repository(User).find('p')).toBeNull();
    await flow.close();
  });

  test('is refused every time, also before one of the right class has come', async () => {
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [User] });
    for (const _ of [1, 2])
      await expect(flow.dispatch(new products.Create('p', 'bolt'))).rejects.toMatchObject(
        mismatch('command', 'Create'),
      );
    expect(await flow.dispatch(new users.Create('u', 'a@b.c'))).toMatchObject({ succeeded: true });
    await expect(flow.dispatch(new products.Create('p', 'bolt'))).rejects.toMatchObject(mismatch('command', 'Create'));
    await flow.close();
  });

  test('is refused by a handler class', async () => {
    class Handler {
      @CommandHandler(users.Create)
      create(): void {}
    }
    await using app = await testFlow(moduleOf(Handler));
    await expect(app.flow.dispatch(new products.Create('p', 'bolt'))).rejects.toMatchObject(
      mismatch('command', 'Create'),
    );
    expect(await app.flow.dispatch(new users.Create('u', 'a@b.c'))).toMatchObject({ succeeded: false });
  });

  test('is taken as a plain message, and as an instance of a subclass of the same name', async () => {
    @Command('Create')
    class CreateWithPhone extends users.Create {
      readonly phone = '1';
    }
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [User] });
    await flow.dispatch({ name: 'Create', message: { id: 'plain', email: 'p@b.c' } });
    await flow.dispatch(new CreateWithPhone('sub', 's@b.c'));
    expect([
      (await flow.repository(User).load('plain')).email,
      (await flow.repository(User).load('sub')).email,
    ]).toEqual(['p@b.c', 's@b.c']);
    await flow.close();
  });

  test('is refused where a subclass of the same name is handled', async () => {
    @Command('Create')
    class CreateWithPhone extends users.Create {}
    const bus = new CommandBus();
    bus.register(CreateWithPhone, () => 'done');
    await expect(bus.dispatch(new users.Create('u', 'e'))).rejects.toMatchObject(mismatch('command', 'Create'));
    expect(await bus.dispatch(new CreateWithPhone('u', 'e'))).toBe('done');
  });

  test('is taken by a handler that is registered by name: the first class of that name, and plain messages', async () => {
    const flow = new Flow({ eventStore: new InMemoryEventStore(), commandHandlers: { Create: () => undefined } });
    await flow.dispatch(new products.Create('p', 'bolt'));
    await flow.dispatch({ name: 'Create', message: {} });
    await expect(flow.dispatch(new users.Create('u', 'e'))).rejects.toMatchObject({
      expected: products.Create,
      actual: users.Create,
    });
    await flow.dispatch(new products.Create('q', 'nut'));
    await flow.close();
  });

  test('is refused by a handler that is registered by name, where the flow was told the class', async () => {
    const flow = new Flow({
      eventStore: new InMemoryEventStore(),
      commandHandlers: { Create: () => undefined },
      messageClasses: { commands: [users.Create] },
    });
    await expect(flow.dispatch(new products.Create('p', 'bolt'))).rejects.toMatchObject(mismatch('command', 'Create'));
    await flow.dispatch(new users.Create('u', 'e'));
    await flow.close();
  });

  test('is refused in the testing kit', async () => {
    await given(User).when(new users.Create('u', 'a@b.c')).then(new users.Created('a@b.c'));
    await given(User).when(new products.Create('p', 'bolt')).thenError('MESSAGE_CLASS_MISMATCH');
  });
});

describe('a query of another class than the one handled under its name', () => {
  test('is refused by a handler class, and by a bus', async () => {
    await using app = await testFlow(moduleOf(Finder));
    expect(await app.flow.query(new users.Find())).toBe('ann');
    await expect(app.flow.query(new products.Find())).rejects.toMatchObject({
      ...mismatch('query', 'Find'),
      message: expect.stringContaining("@Query('another name')"),
    });
    const bus = new QueryBus();
    bus.register(users.Find, () => 'ann');
    await expect(bus.query(new products.Find())).rejects.toMatchObject(mismatch('query', 'Find'));
  });
});

describe.each(PLACES)('an event of another class than the one handled under its name, %s', (_, make) => {
  const place = make();
  let eventStore: EventStore;
  beforeAll(() => {
    eventStore = place.open();
  });
  afterAll(() => place.end());

  test.each([
    ['as it is', false],
    ['by a codec', true],
  ])('is refused when it is decided, sealed %s: no handler of the other hears of it', async (_, coded) => {
    const heard: unknown[] = [];
    class Greeter {
      @EventHandler(users.Created)
      created(event: users.Created): void {
        heard.push(event);
      }
    }
    @Reactor(`mailer-${coded}`)
    class Mailer {
      @EventHandler(users.Created)
      created(event: users.Created): void {
        heard.push(event);
      }
    }
    @Projection(`users-${coded}`)
    class Users {
      @EventHandler(users.Created)
      created(event: users.Created, { documents, event: { aggregateId } }: ProjectionContext): void {
        heard.push(event);
        documents.set(aggregateId, { ...event });
      }
    }
    for (const component of [Greeter, Mailer, Users]) {
      await using app = await testFlow(moduleOf(Product, component), { eventStore: borrowed(eventStore) });
      const error = await app.flow.dispatch(new Launch(`p-${coded}-${component.name}`, coded)).catch(thrown => thrown);
      expect(error).toMatchObject({
        ...mismatch('event', 'Created'),
        expected: users.Created,
        actual: coded ? Coded : products.Created,
      });
      await app.settle();
    }
    expect(heard).toEqual([]);
    expect(await eventStore.readAll()).toEqual([]);
  });
});

describe('an event of another class than the one handled under its name', () => {
  const recorded = async (...payloads: object[]): Promise<readonly RecordedEvent[]> => {
    const store = new InMemoryEventStore();
    const events = payloads.map(payload => ({ name: 'Created', payload }));
    await store.append([{ stream: { aggregateName: 'Any', aggregateId: '1' }, expected: 'any', events }]);
    return store.readAll();
  };

  test('does not reach a listener that an event bus has for the other class, and its failure is reported', async () => {
    const failures: unknown[] = [];
    const heard: unknown[] = [];
    const bus = new EventBus({ logger: SILENT, onError: error => failures.push(error) });
    bus.subscribe(users.Created, ({ payload }) => heard.push(payload));
    bus.publish(await recorded(new products.Created('bolt'), new users.Created('a@b.c'), { email: 'plain' }));
    await bus.drain();
    expect(failures).toMatchObject([mismatch('event', 'Created')]);
    expect(heard).toEqual([new users.Created('a@b.c'), new users.Created('plain')]);
  });

  test('is refused by the aggregate that decides on it and handles the other, in the testing kit too', async () => {
    class Confuse {
      constructor(readonly id: string) {}
    }
    @Aggregate('Confused')
    class Confused extends AggregateRoot {
      @CommandHandler(Confuse, { creates: true })
      confuse() {
        return new products.Created('bolt');
      }

      @EventHandler(users.Created)
      created(): void {}
    }
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Confused] });
    await expect(flow.dispatch(new Confuse('1'))).rejects.toMatchObject(mismatch('event', 'Created'));
    await given(Confused).when(new Confuse('1')).thenError(MessageClassMismatchError);
    await flow.close();
  });

  test('becomes an instance of the class that is handled, where it is one of a subclass of the same name', async () => {
    @Event('Created')
    class CreatedWithPhone extends users.Created {
      readonly phone = '1';
    }
    const heard: object[] = [];
    const bus = new EventBus();
    bus.subscribe(users.Created, ({ payload }) => heard.push(payload));
    bus.publish(await recorded(new CreatedWithPhone('a@b.c')));
    await bus.drain();
    expect(heard.map(each => [each.constructor, { ...each }])).toEqual([
      [users.Created, { email: 'a@b.c', phone: '1' }],
    ]);
  });

  test('is taken by those who handle it by name', async () => {
    const Log = defineAggregate({
      name: 'Log',
      state: { seen: 0 },
      on: { Created: ({ seen }) => ({ seen: seen + 1 }) },
    });
    const eventStore = new InMemoryEventStore();
    const events = [new users.Created('a@b.c'), new products.Created('bolt')].map(payload => ({
      name: 'Created',
      payload,
    }));
    await eventStore.append([{ stream: { aggregateName: 'Log', aggregateId: '1' }, expected: 'any', events }]);
    const flow = new Flow({ eventStore, aggregates: [Log] });
    expect((await flow.repository(Log).load('1')).state.seen).toBe(2);
    await flow.close();
  });

  test('is a fault of the flow where two are handled, one by an aggregate and one by a projection', () => {
    const handlers = new Map([
      ['Created', { type: products.Created, handle: () => undefined, revive: ({ payload }: RecordedEvent) => payload }],
    ]);
    const listener = { kind: 'reactor' as const, name: 'l', options: {}, handlers };
    expect(
      () => new Flow({ eventStore: new InMemoryEventStore(), aggregates: [User], processors: [listener] }),
    ).toThrow("two event classes have the name 'Created'");
  });

  test('is a fault of the wiring where two are handled, by a projection and a reactor', async () => {
    @Projection('one')
    class One {
      @EventHandler(users.Created)
      created(): void {}
    }
    @Reactor('two')
    class Two {
      @EventHandler(products.Created)
      created(): void {}
    }
    await expect(bootstrap(moduleOf(One, Two))).rejects.toMatchObject({
      faults: [
        "Two event classes have the name 'Created' (used by One and Two). Give one of them another: @Event('another name').",
      ],
    });
  });
});

function moduleOf(...components: (new (...args: any[]) => object)[]) {
  @Module({ components })
  class TestModule {}
  return TestModule;
}

/** A store that outlives the application that uses it. */
function borrowed(store: EventStore): EventStore {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'close') return async () => undefined;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
