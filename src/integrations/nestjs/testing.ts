// Tests of NestJS applications. See docs/nestjs.md.

import type { Application } from '../..';
import { type TestFlow, type TestFlowOptions, testSetup } from '../../testing';
import { leave } from './leave';
import { DEFAULT, flowToken, optionsToken } from './tokens';

/** Options of `testFlow` for a Nest application. */
export interface NestTestFlowOptions extends TestFlowOptions {
  /** The name of the flow, in an application with several; default `'default'`. */
  readonly name?: string;
}

/** What `@nestjs/testing` compiles. */
interface TestModule {
  get<T>(token: unknown): T;
  init(): Promise<unknown>;
  close(): Promise<void>;
}

/** What `Test.createTestingModule` returns, with providers overridden or not. */
export interface TestModuleBuilder<Module extends TestModule> {
  overrideProvider(token: unknown): { useValue(value: unknown): unknown };
  compile(): Promise<Module>;
}

/** A Nest application in a test; `close` closes all of it. */
export type NestTestFlow<Module> = TestFlow & {
  /** The application, for what it provides. */
  readonly module: Module;
};

/**
 * Starts a Nest application for a test, with a flow as `testFlow` of `eventuality/testing` creates it: in memory unless
 * a store is given, with a clock that the test controls. The options of `forRoot` are replaced. A start that fails
 * closes what there is.
 * @param builder what `Test.createTestingModule` returns; override providers before
 * @example await using app = await testFlow(Test.createTestingModule({ imports: [AppModule] }));
 * @throws WiringError
 */
export async function testFlow<Module extends TestModule>(
  builder: TestModuleBuilder<Module>,
  { name = DEFAULT, ...options }: NestTestFlowOptions = {},
): Promise<NestTestFlow<Module>> {
  const { options: prepared, taken } = testSetup(options);
  builder.overrideProvider(optionsToken(name)).useValue(prepared);
  const open: { close?(): Promise<void> }[] = [prepared.eventStore!];
  try {
    const module = await builder.compile();
    open.unshift(module);
    const flow = module.get<Application>(flowToken(name));
    open.unshift(flow);
    const app = taken(flow);
    await module.init();
    return Object.assign(app, { module, close: () => module.close() });
  } catch (error) {
    for (const each of open) await leave(each);
    throw error;
  }
}
