import { type DynamicModule, Injectable, Module, Scope, type Type } from '@nestjs/common';
import {
  AggregateRoot,
  Command,
  CommandHandler,
  CqrsModule,
  EventBus,
  EventPublisher,
  EventsHandler,
  Saga,
} from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { EventHandler, InMemoryEventStore, Projection, type ProjectionContext } from 'eventuality';
import { InvalidOptionsError, MessageClassMismatchError, WiringError } from 'eventuality/errors';
import { Durable, DurableEvents, EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { sqlite } from 'eventuality/sqlite';
import { map, type Observable } from 'rxjs';
import { SILENT } from '../../../support/logger';
import { until } from '../../../support/waiting';
import { closeApps, startedApp } from './apps';

class Paid {
  constructor(readonly id: string) {}
}

@EventsHandler(Paid)
class Mailer {
  readonly got: Paid[] = [];

  handle(event: Paid): void {
    this.got.push(event);
  }
}

class Ship extends Command<void> {}

@CommandHandler(Ship)
class Shipper {
  async execute(): Promise<void> {}
}

@Injectable()
class Sagas {
  @Saga()
  ship = (events: Observable<any>): Observable<Ship> => events.pipe(map(() => new Ship()));
}

const inMemory = () => ({ eventStore: new InMemoryEventStore() });
const faultsOf = async (providers: Type[], modules: Type[] = []): Promise<readonly string[]> => {
  const started = startedApp(inMemory(), providers, modules as never);
  const error = await started.then(
    () => undefined,
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(WiringError);
  return error.faults;
};
/** The same name for another class. */
const named = <T extends Type>(name: string, type: T): T => Object.defineProperty(type, 'name', { value: name });

afterEach(closeApps);

describe('at the start, in one error', () => {
  test('two event classes with one name, with their handlers and modules', async () => {
    const Other = named('Paid', class {});
    @EventsHandler(Other)
    class Accountant {
      handle(): void {}
    }
    expect(await faultsOf([Mailer, Accountant])).toEqual([
      "two event classes have the name 'Paid': Paid, which Mailer of RootTestModule handles, and Paid, which Accountant of RootTestModule handles. Events are found by name. Give one of them another: @Event('another name').",
    ]);
  });

  test('two handlers with one name, and one class in two modules', async () => {
    const Namesake = named('Mailer', class Namesake extends Mailer {});
    @Module({ providers: [Namesake] })
    class Namesakes {}
    expect(await faultsOf([Mailer], [Namesakes])).toEqual([
      "Mailer of RootTestModule and Mailer of Namesakes have the same name, 'Mailer', under which their progress is stored. Give one of them another: @Durable({ name: 'another name' }).",
    ]);
    @Module({ providers: [Mailer] })
    class Mails {}
    expect(await faultsOf([Mailer], [Mails])).toEqual([
      'Mailer of RootTestModule and Mailer of Mails are two instances of one class, and both would get each event. Provide it in one module, and import that module in the others.',
    ]);
  });

  test('a class of a flow without a flow, an empty handler, a saga that depends on a request', async () => {
    @Projection('payments')
    class Payments {
      @EventHandler(Paid)
      paid({ id }: Paid, { documents }: ProjectionContext<{ id: string }>): void {
        documents.set(id, { id });
      }
    }
    @EventsHandler()
    class Idle {
      handle(): void {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class Scoped extends Sagas {}
    expect(await faultsOf([Payments, Idle, Scoped])).toEqual([
      'Idle of RootTestModule handles no event: @EventsHandler() is empty. Name its events.',
      'The saga Scoped.ship of RootTestModule depends on a request, but a saga is there once for all events. Inject ModuleRef, and resolve what it needs.',
      'Payments of RootTestModule is a class that only a flow calls, and no module provides one, so nothing would reach it. Import EventualityModule.forRoot, or handle events in a class with @EventsHandler.',
    ]);
  });

  test('no CqrsModule; a saga that returns no observable', async () => {
    const alone = Test.createTestingModule({
      imports: [EventualityCqrsModule.forRoot({ ...inMemory(), logger: SILENT })],
    });
    const app = await alone.compile();
    await expect(app.useLogger(false) ?? app.init()).rejects.toThrow(
      'no module provides the EventBus of @nestjs/cqrs. Import CqrsModule.forRoot() beside EventualityCqrsModule.',
    );
    class Wrong {
      @Saga()
      wrong = (): undefined => undefined;
    }
    await expect(startedApp({ ...inMemory(), events: [Paid] }, [Wrong])).rejects.toThrow(
      'Each saga should return Observable stream.',
    );
  });

  test('options of @Durable that do not exist', async () => {
    @EventsHandler(Paid)
    @Durable({ segments: 0 })
    class Mail extends Mailer {}
    await expect(startedApp(inMemory(), [Mail])).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('publish throws at once', () => {
  test('for an event that a saga or a handler of its base class would miss after a restart', async () => {
    class Sent {}
    class PaidTwice extends Paid {}
    const app = await startedApp(inMemory(), [Mailer, Shipper, Sagas]);
    const bus = app.get(EventBus);
    expect(() => bus.publish(new Sent())).toThrow(
      'The event Sent was not published: the sagas (Sagas.ship) may follow it, but no @EventsHandler names it, so it would be lost with the process. ' +
        'Name it in EventualityCqrsModule.forRoot({ events: [Sent] }) or in the module that it belongs to: EventualityCqrsModule.forFeature([Sent]).',
    );
    expect(() => bus.publish(new PaidTwice('a'))).toThrow('handlers of the class that it extends get it');
  });

  test('for what JSON cannot carry: an aggregate keeps it', async () => {
    class Order extends AggregateRoot {}
    const eventStore = new InMemoryEventStore();
    const app = await startedApp({ eventStore }, [Mailer]);
    const order = app.get(EventPublisher).mergeObjectContext(new Order());
    order.apply(new Paid(new Date() as never));
    expect(() => order.commit()).toThrow('Paid.id cannot be stored: it is an instance of Date');
    expect(order.getUncommittedEvents()).toHaveLength(1);
    expect(await eventStore.readAll()).toEqual([]);
  });

  test('for an event without a class, and for another class with a known name', async () => {
    const app = await startedApp(inMemory(), [Mailer]);
    const bus = app.get(EventBus);
    expect(() => bus.publish({ id: 'a' })).toThrow('Publish an instance of a class.');
    const Other = named('Paid', class {});
    expect(() => bus.publish(new Other())).toThrow(MessageClassMismatchError);
  });
});

test('a handler that is registered later by hand is refused: it would get no stored event', async () => {
  const app = await startedApp(inMemory(), [Mailer]);
  const wrapper = { instance: {}, name: 'Late' } as never;
  expect(() => app.get(EventBus).register([wrapper])).toThrow(
    'Late is registered with the EventBus, but was not found',
  );
});

describe('when the store fails', () => {
  class Failing extends InMemoryEventStore {
    failing = true;

    override async append(...given: Parameters<InMemoryEventStore['append']>) {
      if (this.failing) throw new Error('No connection');
      return super.append(...given);
    }
  }

  test('publish rejects, an aggregate that cannot is reported, and the same event can be published again', async () => {
    const eventStore = new Failing();
    const failures: unknown[] = [];
    const lines: string[] = [];
    const logger = { ...SILENT, error: (_: object, message: string) => void lines.push(message) };
    const onError = (error: unknown) => void failures.push(error);
    const app = await startedApp({ eventStore, logger, onError }, [Mailer]);
    const event = new Paid('a');
    await expect(app.get(EventBus).publish(event)).rejects.toThrow('No connection');
    class Order extends AggregateRoot {}
    const order = app.get(EventPublisher).mergeObjectContext(new Order());
    order.apply(event);
    order.commit();
    await until(() => failures.length === 2, 'both reports');
    expect(lines).toEqual(Array(2).fill('Events were not stored, and no handler gets them: Paid.'));
    eventStore.failing = false;
    await app.get(EventBus).publish(event);
    await app.get(DurableEvents).processors.settled();
    expect(app.get(Mailer).got).toEqual([new Paid('a')]);
  });
});

describe('wrong options, all in one error', () => {
  const refused = (given: () => unknown): string => {
    try {
      given();
    } catch (error) {
      if (error instanceof InvalidOptionsError) return error.message;
      throw error;
    }
    throw new Error('it was not refused');
  };

  // Code without types gives what the types do not allow.
  const { forRoot, forRootAsync, forFeature } = EventualityCqrsModule as unknown as Record<
    'forRoot' | 'forRootAsync' | 'forFeature',
    (given?: unknown) => unknown
  >;

  test.each<[string, () => unknown, RegExp[]]>([
    ['no object', () => forRoot(null), [/EventualityCqrsModule\.forRoot.*the options are null; give an object\./]],
    ['no object, async', () => forRootAsync(undefined), [/forRootAsync.*the options are undefined; give an object\./]],
    ['no factory', () => forRootAsync({ inject: [] }), [/useFactory is undefined; it must be a function/]],
    ['no name of a flow', () => forRoot({ flow: '' }), [/flow is empty; it must be text/]],
    ['no list', () => forFeature(undefined), [/forFeature.*the list is missing/]],
    ['what is undefined in the list', () => forFeature([Paid, undefined]), [/list\[1\] is undefined/]],
  ])('%s', (_, given, faults) => {
    const message = refused(given);
    for (const fault of faults) expect(message).toMatch(fault);
  });

  test.each<[string, (options: object) => DynamicModule]>([
    ['forRoot', options => EventualityCqrsModule.forRoot(options)],
    ['forRootAsync', options => EventualityCqrsModule.forRootAsync({ useFactory: () => options })],
  ])('of %s', async (_, module) => {
    const wrong = { evnts: [], events: 5, sequenceOf: 'id', following: 1, follow: 'no', closeTimeout: -1 };
    const app = await Test.createTestingModule({
      imports: [CqrsModule.forRoot(), module({ ...inMemory(), ...wrong })],
    }).compile();
    const started = app.init();
    const error = await started.then(
      () => undefined,
      thrown => thrown,
    );
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.faults).toEqual([
      'events is 5; it must be a list of classes.',
      "sequenceOf is 'id'; it must be a function.",
      'following is 1; it must be an object.',
      "follow is 'no'; it must be true or false.",
      'closeTimeout is -1; it must be a number of milliseconds from 0 on.',
      "'evnts' is not an option. Did you mean 'events'? Known: closeTimeout, eventStore, events, follow, following, logger, onError, sequenceOf.",
    ]);
  });
});

test('a start that fails closes the store', async () => {
  const eventStore = sqlite(':memory:');
  @EventsHandler(Paid)
  class Other extends Mailer {}
  const started = startedApp({ eventStore }, [Mailer, named('Mailer', Other)]);
  await expect(started).rejects.toBeInstanceOf(WiringError);
  await expect(eventStore.readAll()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});
