import 'reflect-metadata';
import { Injectable, Module, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EventHandler, Flow, InMemoryEventStore, Projection, type Repository } from 'eventuality';
import { EventualityModule, flowToken, InjectFlow, InjectRepository } from 'eventuality/nestjs';
import { SILENT } from '../../support/logger';
import { Account, BalanceList, Ledger, Open, Opened, Transfers } from './banking';

const root = (options = {}) =>
  EventualityModule.forRoot({ eventStore: new InMemoryEventStore(), logger: SILENT, ...options });

const faultsOf = async (...imports: any[]): Promise<string[]> => {
  const module = await Test.createTestingModule({ imports })
    .compile()
    .then(
      compiled => compiled.init(),
      error => error,
    )
    .catch(error => error);
  if (!(module instanceof Error)) await module.close();
  expect(module).toMatchObject({ code: 'WIRING' });
  return module.faults;
};

test('what is wrong in modules and in classes is reported together, with the names of both', async () => {
  @Injectable()
  class Twice {
    @EventHandler()
    opened() {}
  }
  @Module({ imports: [EventualityModule.forFeature([Account, BalanceList, class Stray {}])], providers: [Twice] })
  class OneModule {}
  @Module({ imports: [EventualityModule.forFeature([Account])] })
  class OtherModule {}
  expect(await faultsOf(root(), OneModule, OtherModule)).toEqual([
    'OneModule and OtherModule both list Account in forFeature. Keep one: what it provides can be injected everywhere.',
    "BalanceList, which OneModule lists in forFeature, is in no module's providers, so Nest does not create it. Add it to the providers of OneModule.",
    'Stray, which OneModule lists in forFeature, is no component: give aggregates, projections, process managers, events and upcasters.',
    expect.stringContaining('Twice.opened does not say which message it handles'),
  ]);
});

test('a projection that is request-scoped, or needs what is', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {}
  @Injectable()
  @Projection('scoped')
  class Scoped {
    constructor(readonly need: PerRequest) {}

    @EventHandler(Opened)
    opened() {}
  }
  @Module({ providers: [PerRequest, Scoped] })
  class ScopedModule {}
  expect(await faultsOf(root(), ScopedModule)).toEqual([
    'Scoped, a provider of ScopedModule, is request-scoped, or needs what is; a projection follows events, not requests. Take what is request-scoped out of it.',
  ]);
});

test('two flows of one name, and features of a flow that is not there', async () => {
  expect(await faultsOf(root(), root())).toEqual([
    "EventualityModule.forRoot is imported 2 times for the flow 'default'. Keep one, or give the others a name: forRoot({ name: ... }).",
  ]);
  expect(await faultsOf(root(), EventualityModule.forFeature([Account], 'audit'))).toEqual([
    "Account is listed for the flow 'audit', which no module provides. Import EventualityModule.forRoot({ name: 'audit' }).",
  ]);
});

test('handlers in a controller, and in a provider that belongs to none of several flows', async () => {
  @Module({ controllers: [Transfers], imports: [EventualityModule.forFeature([Account])] })
  class ControllersModule {}
  expect(await faultsOf(root(), ControllersModule)).toEqual([
    'Transfers, a controller of ControllersModule, has handlers of messages, which are found among providers only. Move them to a provider.',
  ]);
  @Module({ providers: [Ledger, BalanceList] })
  class HomelessModule {}
  expect(await faultsOf(root({ name: 'one' }), root({ name: 'two' }), HomelessModule)).toEqual([
    "BalanceList, a provider of HomelessModule, belongs to none of the flows 'one', 'two'. List it for one of them: EventualityModule.forFeature([BalanceList], 'one').",
  ]);
});

test('a flow that Nest does not create at the start', async () => {
  expect(await faultsOf(EventualityModule)).toEqual([
    'EventualityModule is imported without a flow. Import EventualityModule.forRoot().',
  ]);
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {}
  @Module({ providers: [PerRequest], exports: [PerRequest] })
  class PerRequestModule {}
  const scoped = { imports: [PerRequestModule], inject: [PerRequest], useFactory: () => ({}) };
  expect(await faultsOf(EventualityModule.forRootAsync(scoped))).toEqual([
    "The options of the flow 'default' need what is request-scoped, but there is one flow for all requests. Take it out of forRootAsync.",
  ]);
});

test('a repository of an aggregate that no module lists', async () => {
  const compiled = Test.createTestingModule({ imports: [root()], providers: [Transfers] }).compile();
  await expect(compiled).rejects.toThrow(
    /Transfers \(\?\).*Repository<Account> of EventualityModule\.forFeature\(\[Account\]\)/s,
  );
});

test('options that are none, and a container', async () => {
  const compile = (options: any) => Test.createTestingModule({ imports: [root(options)] }).compile();
  const wrong = { folow: true, follow: 'sometime', metadata: 'ann' };
  await expect(compile(wrong)).rejects.toMatchObject({ code: 'WIRING', faults: { length: 3 } });
  await expect(compile({ container: {} })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  expect(() => EventualityModule.forRootAsync({})).toThrow(/none of useFactory, useClass, useExisting/);
  expect(() => EventualityModule.forRootAsync({ useFactory: () => ({}), useExisting: 'x' })).toThrow(/exactly one/);
});

test('options that are not there, a name that comes too late, and lists that are none', async () => {
  const refused = (call: () => unknown, message: RegExp) => expect(call).toThrow(message);
  refused(() => EventualityModule.forRoot(null as never), /EventualityModule\.forRoot.*the options are null/s);
  refused(() => EventualityModule.forRootAsync(undefined as never), /forRootAsync.*the options are undefined/s);
  refused(() => EventualityModule.forRoot({ name: '' }), /name is empty; it must be text/);
  refused(() => EventualityModule.forFeature(undefined as never), /forFeature.*the list is missing; give one/s);
  refused(() => EventualityModule.forFeature(Account as never), /the list is no array/);
  refused(
    () => EventualityModule.forFeature([Account, undefined] as never),
    /list\[1\] is undefined.*import each other/,
  );
  const options = { name: 'audit', container: {}, logger: SILENT };
  const late = EventualityModule.forRootAsync({ useFactory: () => options });
  await expect(Test.createTestingModule({ imports: [late] }).compile()).rejects.toMatchObject({
    code: 'INVALID_OPTIONS',
    faults: [expect.stringContaining('container'), expect.stringContaining('forRootAsync({ name, useFactory })')],
  });
});

test('a class with handlers that is a provider of two modules', async () => {
  @Module({ imports: [EventualityModule.forFeature([Account])], providers: [Transfers] })
  class OneModule {}
  @Module({ providers: [Transfers] })
  class OtherModule {}
  expect(await faultsOf(root(), OneModule, OtherModule)).toEqual([
    'Transfers is a provider of OneModule and of OtherModule, so Nest creates it twice. Keep one of them; export it where the other module needs it.',
  ]);
});

test('flows with names have aggregates, handlers and repositories of their own', async () => {
  const [own, audit] = [new InMemoryEventStore(), new InMemoryEventStore()];
  @Injectable()
  class Both {
    constructor(
      readonly flow: Flow,
      @InjectFlow('audit') readonly audit: Flow,
      @InjectRepository(Account) readonly accounts: Repository<Account>,
      @InjectRepository(Account, 'audit') readonly audited: Repository<Account>,
    ) {}
  }
  const nest = await Test.createTestingModule({
    imports: [
      root({ eventStore: own }),
      root({ name: 'audit', eventStore: audit }),
      EventualityModule.forFeature([Account]),
      EventualityModule.forFeature([Account], 'audit'),
    ],
    providers: [Both, Ledger],
  }).compile();
  await nest.init();
  const both = nest.get(Both);
  await both.audit.dispatch(new Open('a'));
  expect([await own.readAll({}), await audit.readAll({})].map(events => events.length)).toEqual([0, 1]);
  expect((await both.audited.load('a')).version).toBe(1);
  expect(await both.accounts.find('a')).toBeNull();
  expect(nest.get(flowToken('audit'))).toBe(both.audit);
  await nest.close();
});

test('a factory and an alias do not make a class twice', async () => {
  const lines: string[] = [];
  const nest = await Test.createTestingModule({
    imports: [root(), EventualityModule.forFeature([Account])],
    providers: [
      { provide: Ledger, useValue: { lines } },
      { provide: BalanceList, useFactory: (ledger: Ledger) => new BalanceList(ledger), inject: [Ledger] },
      { provide: 'alias', useExisting: BalanceList },
    ],
  }).compile();
  await nest.init();
  await nest.get(Flow).dispatch(new Open('a'));
  await nest.get(Flow).processors.settled();
  expect(lines).toEqual(['opened a']);
  await nest.close();
});
