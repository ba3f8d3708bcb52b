import 'reflect-metadata';
import { Global, Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CqrsModule, EventBus, EventsHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { EventHandler, Flow, InMemoryEventStore, Reactor } from 'eventuality';
import { EventualityModule } from 'eventuality/nestjs';
import { EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { SILENT } from '../../support/logger';
import { Account, BalanceList, BalanceQueries, Balances, Ledger, Notices, Open, Opened, Transfers } from './banking';

const forRoot = (eventStore = new InMemoryEventStore()) => EventualityModule.forRoot({ eventStore, logger: SILENT });

@Module({
  imports: [EventualityModule.forFeature([Account, BalanceList])],
  providers: [Ledger, BalanceList, BalanceQueries, Notices, Transfers],
  exports: [Ledger],
})
class BankingModule {}

/** A store that tells whether it has been closed. */
class WatchedStore extends InMemoryEventStore {
  isClosed = false;

  override close(): Promise<void> {
    this.isClosed = true;
    return super.close();
  }
}

/** Lets all that projections and reactors ask of a store fail. */
function broken(store: WatchedStore): WatchedStore {
  const fail = () => Promise.reject(new Error('no disk'));
  const get = (target: object, name: string | symbol) =>
    typeof Reflect.get(target, name) === 'function' ? fail : Reflect.get(target, name);
  return Object.assign(store, { projections: new Proxy(store.projections, { get }) });
}

test('every module can dispatch and query in onModuleInit, a global one that is imported first included', async () => {
  @Injectable()
  class Seed implements OnModuleInit {
    constructor(private readonly flow: Flow) {}

    async onModuleInit() {
      await this.flow.dispatch(new Open('seed'));
      await this.flow.query(new Balances());
    }
  }
  @Global()
  @Module({ providers: [Seed] })
  class SeedModule {}
  const nest = await Test.createTestingModule({ imports: [SeedModule, BankingModule, forRoot()] }).compile();
  await nest.init();
  await nest.get(Flow).processors.settled();
  // The reactor started after that, and it was news to it.
  expect(nest.get(Ledger).lines).toContain('noticed seed');
  await nest.close();
});

test('the flow has drained before other modules are shut down, wherever these are imported', async () => {
  const told: string[] = [];
  @Injectable()
  class Connection implements OnApplicationShutdown {
    isOpen = true;

    onApplicationShutdown() {
      this.isOpen = false;
    }
  }
  @Injectable()
  @Reactor('slow')
  class Slow {
    constructor(private readonly connection: Connection) {}

    @EventHandler(Opened)
    async opened() {
      told.push('started');
      await new Promise(resolve => setTimeout(resolve, 100));
      told.push(`connection is ${this.connection.isOpen ? 'open' : 'closed'}`);
    }
  }
  @Module({ providers: [Connection], exports: [Connection] })
  class ConnectionModule {}
  @Module({ imports: [ConnectionModule], providers: [Slow] })
  class SlowModule {}
  const imports = [SlowModule, forRoot(), ConnectionModule, BankingModule];
  const nest = await Test.createTestingModule({ imports }).compile();
  await nest.init();
  await nest.get(Flow).dispatch(new Open('a'));
  while (told.length === 0) await new Promise(resolve => setImmediate(resolve));
  await nest.close();
  expect(told).toEqual(['started', 'connection is open']);
});

test('what @nestjs/cqrs publishes while the application shuts down is stored before the store is closed', async () => {
  class Left {}
  @EventsHandler(Left)
  class LeftHandler {
    handle() {}
  }
  let published: Promise<unknown> | undefined;
  @Injectable()
  class Leaving {
    constructor(private readonly bus: EventBus) {}

    beforeApplicationShutdown() {
      published = this.bus.publish(new Left()) as Promise<unknown>;
      published.catch(() => undefined);
    }
  }
  const store = new InMemoryEventStore();
  const append = store.append.bind(store);
  store.append = async (...args) => {
    await new Promise(resolve => setTimeout(resolve, 100));
    return append(...args);
  };
  @Module({ providers: [LeftHandler, Leaving] })
  class LeavingModule {}
  const imports = [CqrsModule.forRoot(), forRoot(store), EventualityCqrsModule.forRoot(), LeavingModule];
  const nest = await Test.createTestingModule({ imports }).compile();
  await nest.init();
  await nest.close();
  await published;
});

@Module({ imports: [EventualityModule.forFeature([Account])], providers: [Ledger, Notices] })
class NoticesModule {}

test.each([
  ['its modules are wrong', EventualityModule.forFeature([class Stray {}]), new WatchedStore(), /Stray/],
  ['the store fails', NoticesModule, broken(new WatchedStore()), /no disk/],
])('a start that fails, as %s, closes the flow and its store', async (_, imported, store, fault) => {
  const starting = Test.createTestingModule({ imports: [forRoot(store), imported] }).compile();
  await expect(starting.then(nest => nest.init())).rejects.toThrow(fault);
  expect(store.isClosed).toBe(true);
});
