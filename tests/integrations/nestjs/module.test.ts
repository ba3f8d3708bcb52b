import 'reflect-metadata';
import { Inject, Injectable, Module, type OnModuleInit, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  CommandHandler,
  EventHandler,
  Flow,
  type HandlerContext,
  InMemoryEventStore,
  type Repository,
} from 'eventuality';
import { EventualityModule, InjectRepository } from 'eventuality/nestjs';
import { SILENT } from '../../support/logger';
import {
  Account,
  BalanceList,
  BalanceQueries,
  Balances,
  Deposit,
  Greet,
  Greetings,
  Hearing,
  Ledger,
  Moved,
  Notices,
  Open,
  Opened,
  Transfer,
  Transfers,
} from './banking';

@Module({
  imports: [EventualityModule.forFeature([Account, BalanceList])],
  providers: [Ledger, BalanceList, Transfers, BalanceQueries, Notices, Hearing, Greetings],
  exports: [Ledger],
})
class BankingModule {}

let nest: TestingModule;

const started = async (...imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>) => {
  nest = await Test.createTestingModule({ imports }).compile();
  return nest.init();
};
const root = () => EventualityModule.forRoot({ eventStore: new InMemoryEventStore(), logger: SILENT });

afterEach(() => nest?.close());

test('what Nest makes handles commands, queries and events', async () => {
  const flow = (await started(root(), BankingModule)).get(Flow);
  await flow.dispatch(new Open('a'));
  await flow.dispatch(new Open('b'));
  await flow.dispatch(new Deposit('a', 10));
  await flow.dispatch(new Transfer('a', 'b', 4));
  await flow.processors.settled();
  expect(await flow.query(new Balances())).toEqual({ a: 6, b: 4 });
  expect(nest.get(Ledger).lines.sort()).toEqual(['heard', 'heard', 'noticed a', 'noticed b', 'opened a', 'opened b']);
});

test('what a handler saves is appended in one step, or not at all', async () => {
  const flow = (await started(root(), BankingModule)).get(Flow);
  await flow.dispatch(new Open('a'));
  await flow.dispatch(new Open('b'));
  await expect(flow.dispatch(new Transfer('a', 'b', 4))).rejects.toThrow('a has only 0');
  await flow.dispatch(new Deposit('a', 10));
  const { events } = await flow.dispatch(new Transfer('a', 'b', 4));
  expect(events.map(({ aggregateId, payload }) => [aggregateId, (payload as Moved).amount])).toEqual([
    ['b', 4],
    ['a', -4],
  ]);
});

test('a request-scoped handler is made for each command, whose context is its REQUEST', async () => {
  const flow = (await started(root(), BankingModule)).get(Flow);
  Greetings.made.length = 0;
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => flow.dispatch(new Greet(`${n}`), { metadata: { actor: `actor ${n}` } })),
  );
  expect(new Set(Greetings.made).size).toBe(50);
  const lines = Array.from({ length: 50 }, (_, n) => `${n} true actor ${n}`);
  expect(nest.get(Ledger).lines.sort()).toEqual(lines.sort());
});

test('a transient handler that needs what is request-scoped is made for each command', async () => {
  class Note {
    constructor(readonly text: string) {}
  }
  const noted: unknown[] = [];
  @Injectable({ scope: Scope.REQUEST })
  class Context {
    constructor(@Inject(REQUEST) readonly request: HandlerContext) {}
  }
  @Injectable({ scope: Scope.TRANSIENT })
  class Noting {
    constructor(private readonly context: Context) {}

    @CommandHandler(Note)
    note({ text }: Note) {
      noted.push([text, this.context.request.metadata.actor]);
    }
  }
  @Module({ providers: [Context, Noting] })
  class NotesModule {}
  const flow = (await started(root(), NotesModule)).get(Flow);
  for (const actor of ['ann', 'bob']) await flow.dispatch(new Note(`of ${actor}`), { metadata: { actor } });
  expect(noted).toEqual([
    ['of ann', 'ann'],
    ['of bob', 'bob'],
  ]);
});

test('another class in the place of one with handlers', async () => {
  class Fake {
    all() {
      return { fake: 1 };
    }
  }
  nest = await Test.createTestingModule({ imports: [root(), BankingModule] })
    .overrideProvider(BalanceQueries)
    .useClass(Fake)
    .compile();
  await nest.init();
  expect(await nest.get(Flow).query(new Balances())).toEqual({ fake: 1 });
});

test('a command in onModuleInit is handled, and its events are news to a reactor', async () => {
  @Injectable()
  class Seed implements OnModuleInit {
    constructor(
      private readonly flow: Flow,
      @InjectRepository(Account) private readonly accounts: Repository<Account>,
    ) {}

    async onModuleInit() {
      await this.flow.dispatch(new Open('seed'));
      await this.flow.dispatch(new Transfer('seed', 'seed', 0));
      expect((await this.accounts.load('seed')).version).toBeGreaterThan(0);
    }
  }
  @Module({ imports: [BankingModule], providers: [Seed] })
  class SeedModule {}
  const flow = (await started(root(), SeedModule)).get(Flow);
  await flow.processors.settled();
  expect(nest.get(Ledger).lines).toEqual(expect.arrayContaining(['noticed seed', 'opened seed', 'heard']));
});

test('nothing is followed before the application is there, nor after it has closed', async () => {
  nest = await Test.createTestingModule({ imports: [root(), BankingModule] }).compile();
  const flow = nest.get(Flow);
  await expect(flow.dispatch(new Transfer('a', 'b', 1))).rejects.toMatchObject({ code: 'WIRING' });
  await nest.init();
  await nest.close();
  await expect(flow.dispatch(new Open('a'))).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
});

test("what fails in the background is told to Nest's logger, unless there is another", async () => {
  @Injectable()
  class Failing {
    @EventHandler(Opened)
    opened() {
      throw new Error('not heard');
    }
  }
  @Module({ providers: [Failing] })
  class FailingModule {}
  const told: string[] = [];
  const tell = (message: unknown): void => void told.push(String(message));
  nest = await Test.createTestingModule({ imports: [EventualityModule.forRoot(), FailingModule, BankingModule] })
    .setLogger({ log: () => undefined, warn: tell, error: tell })
    .compile();
  await nest.init();
  await nest.get(Flow).dispatch(new Open('a'));
  await nest.get(Flow).eventBus!.drain();
  expect(told).toEqual([expect.stringContaining('not heard')]);
});

test('the options come from other providers', async () => {
  class Config {
    readonly store = new InMemoryEventStore();
  }
  @Module({ providers: [Config], exports: [Config] })
  class ConfigModule {}
  await started(
    EventualityModule.forRootAsync({
      imports: [ConfigModule],
      inject: [Config],
      useFactory: ({ store }: Config) => ({ eventStore: store, logger: SILENT }),
    }),
    ConfigModule,
    BankingModule,
  );
  await nest.get(Flow).dispatch(new Open('a'));
  expect(await nest.get(Config).store.readAll({})).toHaveLength(1);
});
