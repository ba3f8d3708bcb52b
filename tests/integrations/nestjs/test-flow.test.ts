import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EventualityModule, flowToken } from 'eventuality/nestjs';
import { testFlow } from 'eventuality/nestjs/testing';
import { SILENT } from '../../support/logger';
import { Account, BalanceList, BalanceQueries, Balances, Deposit, Ledger, Notices, Open } from './banking';

const NO_STORE = () => {
  throw new Error('a test asked for the store of production');
};

@Module({
  imports: [
    EventualityModule.forRootAsync({ useFactory: NO_STORE }),
    EventualityModule.forFeature([Account, BalanceList]),
  ],
  providers: [Ledger, BalanceList, BalanceQueries, Notices],
})
class AppModule {}

const testing = () => Test.createTestingModule({ imports: [AppModule] });

test('an application runs in memory, with providers of the test, and tells what happened', async () => {
  const lines: string[] = [];
  await using app = await testFlow(testing().overrideProvider(Ledger).useValue({ lines }), { logger: SILENT });
  const before = app.clock.now();
  await app.flow.dispatch(new Open('a'));
  await app.flow.dispatch(new Deposit('a', 3));
  await app.advance('1h');
  expect(app.clock.now() - before).toBe(3_600_000);
  expect(app.commands.map(({ name }) => name)).toEqual(['Open', 'Deposit']);
  expect(app.events.map(({ name }) => name)).toEqual(['account.opened', 'account.moved']);
  expect(app.effects).toMatchObject([{ listener: 'notices' }]);
  expect(await app.flow.query(new Balances())).toEqual({ a: 3 });
  expect(lines.sort()).toEqual(['noticed a', 'opened a']);
  expect(app.module.get(Ledger).lines).toBe(lines);
});

test('many applications in one process, one after the other and beside one another, share nothing', async () => {
  const apps = await Promise.all(Array.from({ length: 5 }, () => testFlow(testing(), { logger: SILENT })));
  for (const app of apps) {
    await app.flow.dispatch(new Open('a'));
    await app.settle();
    expect(app.module.get(Ledger).lines.sort()).toEqual(['noticed a', 'opened a']);
    await app.close();
    await expect(app.flow.dispatch(new Open('b'))).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
  }
});

test('a flow with a name', async () => {
  const imports = [
    EventualityModule.forRoot({ name: 'own', logger: SILENT }),
    EventualityModule.forFeature([Account], 'own'),
  ];
  await using app = await testFlow(Test.createTestingModule({ imports }), { name: 'own' });
  await app.flow.dispatch(new Open('a'));
  expect(app.events).toHaveLength(1);
  expect(app.module.get(flowToken('own'))).toBe(app.flow);
});
