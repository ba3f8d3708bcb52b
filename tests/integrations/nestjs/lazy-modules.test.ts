import 'reflect-metadata';
import { type DynamicModule, Injectable, Module, type Type } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Flow } from 'eventuality';
import { EventualityModule } from 'eventuality/nestjs';
import { SILENT } from '../../support/logger';
import { Account, BalanceList, Deposit, Hearing, Ledger, Notices, Open, Transfers } from './banking';

const forRoot = () => EventualityModule.forRoot({ logger: SILENT });
const TOO_LATE = 'is in a module that is loaded lazily, but a flow knows all its parts when it starts.';
const IMPORT = 'Import the module in the usual way.';

@Module({ imports: [forRoot(), EventualityModule.forFeature([Account])], providers: [Ledger], exports: [Ledger] })
class AppModule {}

@Injectable()
class Plain {}

const started = async (root: Type | DynamicModule = AppModule) => {
  const nest = await Test.createTestingModule({ imports: [root] }).compile();
  await nest.init();
  const load = (module: Type | DynamicModule) => nest.get(LazyModuleLoader).load(() => module);
  return { nest, load };
};

test('what a module lists that is loaded lazily is refused', async () => {
  @Module({ imports: [EventualityModule.forFeature([Account])], providers: [Transfers] })
  class LateModule {}
  const { nest, load } = await started(forRoot());
  await expect(load(LateModule)).rejects.toMatchObject({
    code: 'WIRING',
    faults: [`Account, which LateModule lists in forFeature, ${TOO_LATE} ${IMPORT}`],
  });
  await expect(nest.get(Flow).dispatch(new Deposit('a', 1))).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  await nest.close();
});

test('so are handlers, listeners, reactors and projections among its providers, and those of its imports', async () => {
  @Module({ providers: [Hearing, Notices, BalanceList], imports: [AppModule] })
  class InnerModule {}
  @Module({ providers: [Plain, Transfers], imports: [InnerModule], controllers: [] })
  class LateModule {}
  const { nest, load } = await started();
  const refused = {
    code: 'WIRING',
    faults: ['Transfers, a provider of LateModule', 'Hearing', 'Notices', 'BalanceList, a provider of InnerModule'].map(
      what => expect.stringContaining(what),
    ),
  };
  await expect(load(LateModule)).rejects.toMatchObject(refused);
  await expect(load(LateModule)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining(`Transfers, a provider of LateModule, ${TOO_LATE} ${IMPORT}`),
  });
  await nest.close();
});

test('a controller with handlers is refused as at the start', async () => {
  @Module({ controllers: [Transfers], imports: [AppModule] })
  class LateModule {}
  const { nest, load } = await started();
  await expect(load(LateModule)).rejects.toMatchObject({
    faults: [expect.stringContaining('Transfers, a controller of LateModule, has handlers of messages')],
  });
  await nest.close();
});

test('a module without handlers is loaded, also while another is refused, and its services can dispatch', async () => {
  @Injectable()
  class Opening {
    constructor(readonly flow: Flow) {}
  }
  @Module({ providers: [Transfers], imports: [AppModule] })
  class LateModule {}
  @Module({ providers: [Plain, Opening], imports: [AppModule] })
  class ServicesModule {}
  const { nest, load } = await started();
  const refused = expect(load(LateModule)).rejects.toMatchObject({ code: 'WIRING' });
  const module = await load(ServicesModule);
  await refused;
  expect(await load(ServicesModule)).toBe(module);
  expect(module.get(Plain)).toBeInstanceOf(Plain);
  expect(await module.get(Opening).flow.dispatch(new Open('a'))).toMatchObject({ succeeded: true });
  expect(await load(AppModule)).toBeDefined();
  await nest.close();
});

test('with several flows it is refused once', async () => {
  @Module({ imports: [AppModule, EventualityModule.forRoot({ name: 'audit', logger: SILENT })] })
  class BothModule {}
  @Module({ providers: [Transfers] })
  class LateModule {}
  const { nest, load } = await started(BothModule);
  await expect(load(LateModule)).rejects.toMatchObject({ faults: { length: 1 } });
  await nest.close();
});

test('a flow is not started by a module that is loaded lazily', async () => {
  @Module({ imports: [forRoot()] })
  class LateModule {}
  const { nest, load } = await started({ module: class Empty {} });
  await expect(load(LateModule)).rejects.toMatchObject({ code: 'WIRING', faults: [expect.stringContaining('lazily')] });
  await nest.close();
});
