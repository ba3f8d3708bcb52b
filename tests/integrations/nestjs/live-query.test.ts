import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Controller, type INestApplication, Module, Sse } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Flow } from 'eventuality';
import { EventualityModule, liveQuery } from 'eventuality/nestjs';
import { Observable } from 'rxjs';
import { connectedTo } from '../../support/event-stream';
import { SILENT } from '../../support/logger';
import { until, within } from '../../support/waiting';
import { Account, BalanceList, BalanceQueries, Balances, Deposit, Ledger, Open } from './banking';
import { listening, PLATFORMS } from './platforms';

@Controller('balances')
class BalancesController {
  constructor(private readonly flow: Flow) {}

  @Sse('live')
  live() {
    return liveQuery(this.flow, new Balances());
  }

  /** The control: nothing ends the query when the client has gone. */
  @Sse('endless')
  endless() {
    return new Observable<{ data: unknown }>(subscriber => {
      void (async () => {
        for await (const data of this.flow.watch(new Balances())) subscriber.next({ data });
      })();
    });
  }
}

@Module({
  imports: [EventualityModule.forRoot({ logger: SILENT }), EventualityModule.forFeature([Account, BalanceList])],
  controllers: [BalancesController],
  providers: [Ledger, BalanceList, BalanceQueries],
})
class AppModule {}

let nest: INestApplication;

afterEach(() => nest.close());

const connected = async () => connectedTo(`${await nest.getUrl()}/balances/live`);

/** Opens event streams, and says how many have got their first result. */
const CLIENTS = `
const { request } = require('node:http');
const [port, path] = process.argv.slice(1);
let got = 0;
for (let n = 0; n < 200; n++)
  request({ port, host: '127.0.0.1', path }, answer => answer.once('data', () => console.log(++got))).end();
`;

describe.each(PLATFORMS)('with %s', (_, platform) => {
  beforeEach(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    nest = await listening(module, platform, { logger: false });
  });

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

  test.each([
    ['/balances/live', 0],
    ['/balances/endless', 200],
  ])('200 clients of %s are killed: %d live queries are left', async (path, left) => {
    const flow = nest.get(Flow);
    let running = 0;
    const watch = flow.watch.bind(flow);
    flow.watch = async function* (query, options) {
      running++;
      try {
        yield* watch(query, options);
      } finally {
        running--;
      }
    };
    const { port } = nest.getHttpServer().address() as AddressInfo;
    const clients = spawn(process.execPath, ['-e', CLIENTS, String(port), path]);
    let printed = '';
    clients.stdout.setEncoding('utf8').on('data', text => (printed += text));
    await until(() => printed.endsWith('200\n'), 'the first results');
    expect(running).toBe(200);
    const closed = once(clients, 'close');
    clients.kill('SIGKILL');
    await closed;
    await until(() => running === 0, 'all have ended', left === 0 ? 30_000 : 2000).catch(() => undefined);
    expect(running).toBe(left);
  });
});
