import 'reflect-metadata';
import { Inject, Injectable, Module, Optional } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type EventStore, Flow, InMemoryEventStore } from 'eventuality';
import { EventualityModule } from 'eventuality/nestjs';
import { testFlow } from 'eventuality/nestjs/testing';
import { SILENT } from '../../support/logger';
import { testFiles } from '../../support/stores/files';
import { TestSchema, url } from '../../support/stores/schema';
import { Account, BalanceList, Ledger, Notices, Open } from './banking';

const PLACES = ['constructor', 'factory', 'onModuleInit', 'onApplicationBootstrap'];
const HOOKS = PLACES.slice(2);

@Module({
  imports: [EventualityModule.forFeature([Account, BalanceList])],
  providers: [Ledger, BalanceList, Notices],
})
class BankingModule {}

/** A provider that fails in one place, and has the flow before. */
function failing(place: string) {
  const seen: { flow?: Flow } = {};
  const fail = (where: string): void => {
    if (place === where) throw new Error(`fails in ${where}`);
  };
  @Injectable()
  class Failing {
    constructor(
      flow: Flow,
      @Optional() @Inject('made') readonly made?: unknown,
    ) {
      seen.flow = flow;
      fail('constructor');
    }
    onModuleInit = () => fail('onModuleInit');
    onApplicationBootstrap = () => fail('onApplicationBootstrap');
  }
  const made = {
    provide: 'made',
    inject: [Flow],
    useFactory: async (flow: Flow) => {
      seen.flow = flow;
      await new Promise(resolve => setImmediate(resolve));
      fail('factory');
    },
  };
  @Module({ providers: [made, Failing] })
  class FailingModule {}
  const builder = (eventStore: EventStore) =>
    Test.createTestingModule({
      imports: [FailingModule, BankingModule, EventualityModule.forRoot({ eventStore, logger: SILENT })],
    });
  return { seen, builder };
}

/** Starts an application that fails; returns what can be closed, if Nest gives it. */
async function failed(place: string, eventStore: EventStore) {
  const { seen, builder } = failing(place);
  let nest: { close(): Promise<void> } | undefined;
  const starting = async (): Promise<void> => {
    const app = (await builder(eventStore).compile()).createNestApplication();
    nest = app;
    await app.init();
  };
  await expect(starting()).rejects.toThrow(`fails in ${place}`);
  return { nest, flow: seen.flow! };
}

/** A store that tells whether it has been closed. */
class WatchedStore extends InMemoryEventStore {
  isClosed = false;

  override close(): Promise<void> {
    this.isClosed = true;
    return super.close();
  }
}

test.each(PLACES)('after a failure in another %s no projection and no reactor follows', async place => {
  const { flow } = await failed(place, new InMemoryEventStore());
  const { events } = await flow.dispatch(new Open('a'));
  const { position } = events[0]!;
  await expect(flow.waitFor(position, { timeout: 200 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
});

test.each(HOOKS)('after a failure in another %s the application can be closed, and its store is', async place => {
  const store = new WatchedStore();
  const { nest, flow } = await failed(place, store);
  await nest!.close();
  expect(store.isClosed).toBe(true);
  await expect(flow.dispatch(new Open('a'))).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
});

test.each(PLACES)('after a failure in another %s testFlow closes what there is', async place => {
  const { seen, builder } = failing(place);
  const store = new WatchedStore();
  await expect(testFlow(builder(new InMemoryEventStore()), { eventStore: store })).rejects.toThrow(place);
  expect(store.isClosed).toBe(true);
  await expect(seen.flow!.dispatch(new Open('a'))).rejects.toThrow();
});

describe('in PostgreSQL', () => {
  const schema = new TestSchema(__filename);
  const connections = async (name: string) =>
    (await schema.sql('select 1 from pg_stat_activity where application_name = $1', [name])).length;
  const opened = (name: string) => {
    const there = new URL(url);
    there.searchParams.set('application_name', name);
    return schema.open({ connectionString: there.href });
  };

  test.each(['constructor', 'factory'])('a failure in another %s leaves no connection', async place => {
    await failed(place, opened(`failed_${place}`));
    expect(await connections(`failed_${place}`)).toBe(0);
  });

  test.each(HOOKS)('after a failure in another %s closing leaves no connection', async place => {
    const { nest } = await failed(place, opened(`failed_${place}`));
    expect(await connections(`failed_${place}`)).toBeGreaterThan(0);
    await nest!.close();
    while ((await connections(`failed_${place}`)) > 0) await new Promise(resolve => setTimeout(resolve, 20));
  });
});

describe('in SQLite', () => {
  const files = testFiles();

  test.each(PLACES)('a failure in another %s leaves no lock, and closing closes the file', async place => {
    const file = files.path();
    const store = files.store(file);
    const { nest } = await failed(place, store);
    files.shell(file).exec('begin immediate; create table other (id); commit');
    await (nest ?? store).close();
    await expect(store.readAll()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});
