import 'reflect-metadata';
import { Controller, Module, Sse } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Flow } from 'eventuality';
import { EventualityModule, liveQuery } from 'eventuality/nestjs';
import { connectedTo } from '../../support/event-stream';
import { SILENT } from '../../support/logger';
import { until, within } from '../../support/waiting';
import { Account, BalanceList, BalanceQueries, Balances, Deposit, Ledger, Open } from './banking';

let asked = 0;

@Controller('balances')
class BalancesController {
  constructor(private readonly flow: Flow) {}

  @Sse('live')
  live() {
    asked++;
    return liveQuery(this.flow, new Balances());
  }
}

@Module({
  imports: [EventualityModule.forRoot({ logger: SILENT }), EventualityModule.forFeature([Account, BalanceList])],
  controllers: [BalancesController],
  providers: [Ledger, BalanceList, BalanceQueries],
})
class AppModule {}

let nest: NestExpressApplication;

beforeEach(async () => {
  asked = 0;
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  nest = module.createNestApplication<NestExpressApplication>({ logger: false });
  await nest.listen(0, '127.0.0.1');
});

afterEach(() => nest.close());

const connected = async () => connectedTo(`${await nest.getUrl()}/balances/live`);

test('a client gets the result now and after each change', async () => {
  const flow = nest.get(Flow);
  await flow.dispatch(new Open('a'));
  await flow.processors.settled();
  const client = await connected();
  await until(() => client.got.length === 1, 'the first result');
  await flow.dispatch(new Deposit('a', 5));
  await until(() => client.got.length === 2, 'the second result');
  expect(client.got).toEqual([{ a: 0 }, { a: 5 }]);
  client.leave();
});

test('the application shuts down though clients are connected: their streams end', async () => {
  const clients = await Promise.all(Array.from({ length: 5 }, connected));
  await until(() => clients.every(({ got }) => got.length === 1), 'the first results');
  await within(5000, 'the application has closed', nest.close());
  await Promise.all(clients.map(({ ended }) => ended));
});

test('200 clients that leave: no live query is left', async () => {
  const flow = nest.get(Flow);
  let running = 0;
  const watch = flow.watch.bind(flow);
  flow.watch = (query, options) => {
    running++;
    options?.signal?.addEventListener('abort', () => running--);
    return watch(query, options);
  };
  const clients = await Promise.all(Array.from({ length: 200 }, connected));
  await until(() => clients.every(({ got }) => got.length === 1), 'the first results');
  expect([asked, running]).toEqual([200, 200]);
  for (const client of clients) client.leave();
  await until(() => running === 0, 'all have ended');
});
