import type { DynamicModule, Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { EventualityCqrsModule, type EventualityCqrsOptions } from 'eventuality/nestjs/cqrs';
import { SILENT } from '../../../support/logger';

const opened: TestingModule[] = [];

/** Starts an application whose events are stored; it is closed after the test. */
export async function startedApp(
  options: EventualityCqrsOptions,
  providers: Provider[],
  imports: DynamicModule[] = [],
): Promise<TestingModule> {
  const durable = EventualityCqrsModule.forRoot({ logger: SILENT, ...options });
  const app = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), durable, ...imports],
    providers,
  }).compile();
  app.useLogger(false);
  opened.push(app);
  return app.init();
}

/** Closes the applications of a test. */
export async function closeApps(): Promise<void> {
  await Promise.all(opened.splice(0).map(app => app.close().catch(() => undefined)));
}
