import { Injectable, Module, type Type } from '@nestjs/common';
import * as cqrs from '@nestjs/cqrs';
import { CqrsModule, EventBus, EventsHandler, Saga } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Query,
  QueryHandler,
} from 'eventuality';
import { WiringError } from 'eventuality/errors';
import { EventualityModule } from 'eventuality/nestjs';
import { EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { filter, map, type Observable } from 'rxjs';
import { SILENT } from '../../../support/logger';

type Imports = NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>;

class Pay {
  constructor(readonly id: string) {}
}
class CountPaid extends Query<number> {}
class Paid {
  constructor(readonly id = '') {}
}

@Aggregate('account')
class Account extends AggregateRoot<Paid> {
  @CommandHandler(Pay, { creates: true, target: ({ id }) => id })
  pay() {
    return new Paid();
  }

  @EventHandler(Paid)
  paid() {}
}

@Module({ imports: [EventualityModule.forFeature([Account])] })
class AccountsModule {}

/** The same name for another class. */
const named = <T extends Type>(name: string, type: T): T => Object.defineProperty(type, 'name', { value: name });

const flow = () => EventualityModule.forRoot({ logger: SILENT });

async function faultsOf(imports: Imports, providers: NonNullable<Parameters<typeof Module>[0]['providers']> = []) {
  class LegacyModule {}
  Module({ providers, imports: [] })(LegacyModule);
  const error = await Test.createTestingModule({ imports: [CqrsModule.forRoot(), ...imports, LegacyModule] })
    .compile()
    .then(app => (app.useLogger(false) ?? app.init()).then(() => app.close()))
    .then(
      () => undefined,
      thrown => thrown,
    );
  expect(error).toBeInstanceOf(WiringError);
  return error.faults as readonly string[];
}

test('neither a store nor a flow; a flow of another name', async () => {
  const fault =
    "EventualityCqrsModule has no eventStore, and no module provides the flow 'default', whose store it would use. Give it an eventStore, or import EventualityModule.forRoot().";
  expect(await faultsOf([EventualityCqrsModule.forRoot()])).toEqual([fault]);
  expect(
    await faultsOf([EventualityModule.forRoot({ name: 'audit', logger: SILENT }), EventualityCqrsModule.forRoot()]),
  ).toEqual([fault]);
  expect(await faultsOf([flow(), EventualityCqrsModule.forRoot({ flow: 'audit' })])).toEqual([
    "EventualityCqrsModule has no eventStore, and no module provides the flow 'audit', whose store it would use. Give it an eventStore, or import EventualityModule.forRoot({ name: 'audit' }).",
  ]);
});

test('the module twice, with a store and with a flow', async () => {
  const fault =
    'EventualityCqrsModule.forRoot is imported 2 times, so each event would be stored 2 times. Keep one, in the root module.';
  const twice = [1, 2].map(attempts => ({ following: { retry: { attempts } } }));
  const stores = twice.map(each => ({ ...each, eventStore: new InMemoryEventStore() }));
  expect(await faultsOf(stores.map(each => EventualityCqrsModule.forRoot(each)))).toEqual([fault]);
  expect(await faultsOf([flow(), ...twice.map(each => EventualityCqrsModule.forRoot(each))])).toEqual([fault]);
});

test('a store beside a flow, and options of the flow', async () => {
  const eventStore = new InMemoryEventStore();
  expect(await faultsOf([flow(), EventualityCqrsModule.forRoot({ eventStore, follow: false })])).toEqual([
    "EventualityCqrsModule has an eventStore of its own beside the flow 'default' of EventualityModule: messages of one would not reach the handlers of the other. Remove its eventStore, and give it to EventualityModule.",
  ]);
  const useFactory = () => ({ follow: false, logger: SILENT });
  expect(await faultsOf([flow(), EventualityCqrsModule.forRootAsync({ useFactory })])).toEqual([
    "EventualityCqrsModule has the option follow, which is that of the flow 'default'. Give it to EventualityModule.",
    "EventualityCqrsModule has the option logger, which is that of the flow 'default'. Give it to EventualityModule.",
  ]);
});

test('a command and a query with handlers on both sides, and events with one name, all at once', async () => {
  @cqrs.CommandHandler(Pay)
  class PayHandler {
    async execute(): Promise<void> {}
  }
  @cqrs.QueryHandler(CountPaid)
  class CountPaidHandler {
    async execute(): Promise<number> {
      return 0;
    }
  }
  @Injectable()
  class PaidQueries {
    @QueryHandler(CountPaid)
    count() {
      return 1;
    }
  }
  const OtherPaid = named('Paid', class {});
  @EventsHandler(OtherPaid)
  class Mailer {
    handle(): void {}
  }
  const providers = [PayHandler, CountPaidHandler, PaidQueries, Mailer];
  expect(await faultsOf([flow(), EventualityCqrsModule.forRoot(), AccountsModule], providers)).toEqual([
    "two event classes have the name 'Paid': Paid, which Mailer of LegacyModule handles, and Paid, which Account of AccountsModule handles. Events are found by name. Give one of them another: @Event('another name').",
    "The command 'Pay' has 2 handlers: Account and PayHandler.execute of LegacyModule. Keep one.",
    "The query 'CountPaid' has 2 handlers: PaidQueries.count and CountPaidHandler.execute of LegacyModule. Keep one.",
  ]);
});

test('two commands of one name, which @nestjs/cqrs alone tells apart by class', async () => {
  const OtherPay = named('Pay', class {});
  @cqrs.CommandHandler(OtherPay)
  class PayHandler {
    async execute(): Promise<void> {}
  }
  expect(await faultsOf([flow(), EventualityCqrsModule.forRoot(), AccountsModule], [PayHandler])).toEqual([
    "Two command classes have the name 'Pay' (used by Account and PayHandler.execute of LegacyModule). Give one of them another: @Command('another name').",
  ]);
});

test('a saga that depends on a request, and handlers that a factory makes of the flow, under another token', async () => {
  @Injectable()
  class Sagas {
    @Saga()
    ship = (events: Observable<any>): Observable<Pay> => events.pipe(map(() => new Pay('1')));
  }
  @EventsHandler(Paid)
  class Mailer {
    handle(): void {}
  }
  @cqrs.CommandHandler(Pay)
  class PayHandler {
    async execute(): Promise<void> {}
  }
  class Scoped extends Sagas {}
  Injectable({ scope: 2 })(Scoped);
  const providers = [
    Scoped,
    { provide: 'mailer', inject: [Flow], useFactory: () => new Mailer() },
    { provide: 'payments', inject: [Flow], useFactory: () => new PayHandler() },
  ];
  expect(await faultsOf([flow(), EventualityCqrsModule.forRoot()], providers)).toEqual([
    'The saga Scoped.ship of LegacyModule depends on a request, but a saga is there once for all events. Inject ModuleRef, and resolve what it needs.',
    'Mailer of LegacyModule is made by a factory under another token, and the flow cannot see it before. Provide it under its class.',
    'PayHandler of LegacyModule is made by a factory under another token, and the flow cannot see it before. Provide it under its class.',
  ]);
});

test('the log warns, once, of an event that only a saga could follow, and that no class handles', async () => {
  class Noted {}
  @Aggregate('note')
  class Note extends AggregateRoot {
    @CommandHandler(Pay, { creates: 'if-missing', target: ({ id }) => id })
    pay() {
      return new Noted();
    }
  }
  @Injectable()
  class Sagas {
    @Saga()
    ship = (events: Observable<any>): Observable<Pay> => events.pipe(filter(() => false));
  }
  const lines: string[] = [];
  const logger = { ...SILENT, warn: (_: object, message: string) => void lines.push(message) };
  const imports = [
    CqrsModule.forRoot(),
    EventualityModule.forRoot({ logger }),
    EventualityModule.forFeature([Note]),
    EventualityCqrsModule.forRoot(),
  ];
  const app = await Test.createTestingModule({ imports, providers: [Sagas] }).compile();
  await (app.useLogger(false) ?? app.init());
  for (const id of ['1', '1']) await app.get(cqrs.CommandBus).execute(new Pay(id));
  await app.close();
  expect(lines).toEqual([
    'The flow records Noted, but no class handles it, so the sagas (Sagas.ship) do not get it. If one follows it, name its class: EventualityCqrsModule.forFeature([Noted]).',
  ]);
});

test('a handler that a factory makes under its class is found', async () => {
  const got: Paid[] = [];
  @EventsHandler(Paid)
  class Mailer {
    handle(event: Paid): void {
      got.push(event);
    }
  }
  const providers = [{ provide: Mailer, useFactory: async () => new Mailer() }];
  const imports = [CqrsModule.forRoot(), flow(), EventualityCqrsModule.forRoot(), AccountsModule];
  const app = await Test.createTestingModule({ imports, providers }).compile();
  await (app.useLogger(false) ?? app.init());
  await app.get(cqrs.CommandBus).execute(new Pay('1'));
  await app.get(EventBus).publish(new Paid('2'));
  await app.close();
  expect(got).toEqual([new Paid(), new Paid('2')]);
});
