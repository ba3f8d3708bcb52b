import { type DynamicModule, Inject, type OnModuleInit, type Provider } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { Flow } from '../..';
import { componentRole } from '../../container';
import { InvalidOptionsError, WiringError } from '../../errors';
import { extensionToken, type FlowExtension } from './flow-extension';
import { FlowHost } from './flow-host';
import { FEATURES, type Features, nameOf } from './found-components';
import { EventualityHealthIndicator } from './health-indicator';
import type { EventualityAsyncOptions, EventualityRootOptions, Feature } from './module-options';
import { DEFAULT, flowToken, hostToken, optionsToken, readModelTokenOf, repositoryTokenOf } from './tokens';

/** Under which each `forRoot` keeps the name of its flow. */
const ROOT = Symbol('the name of a flow');
const WAYS = ['useFactory', 'useClass', 'useExisting'] as const;

/**
 * Brings a flow into a Nest application. Handler classes, projections and reactors are providers of your modules, made
 * by Nest's injector and found by their decorators; aggregates and process managers are listed in `forFeature`.
 * @example @Module({ imports: [EventualityModule.forRoot({ eventStore }), EventualityModule.forFeature([Todo])],
 * providers: [TodoList], controllers: [TodosController] })
 */
export class EventualityModule implements OnModuleInit {
  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  /** Called by Nest. @throws WiringError for a flow that Nest does not create at the start */
  onModuleInit(): void {
    const faults: string[] = [];
    for (const { metatype, providers } of this.modules.values()) {
      if (metatype !== EventualityModule) continue;
      const name = providers.get(ROOT)?.instance as string | undefined;
      if (name === undefined)
        faults.push('EventualityModule is imported without a flow. Import EventualityModule.forRoot().');
      else if (!providers.get(hostToken(name))!.isDependencyTreeStatic())
        faults.push(
          `The options of the flow '${name}' need what is request-scoped, but there is one flow for all requests. Take it out of forRootAsync.`,
        );
    }
    if (faults.length > 0) throw new WiringError(faults);
  }

  /** Provides a flow: in memory unless an `eventStore` is given. Import it once, in the root module. */
  static forRoot({ name = DEFAULT, ...options }: EventualityRootOptions = {}): DynamicModule {
    return rootModule(name, [{ provide: optionsToken(name), useValue: options }]);
  }

  /**
   * Provides a flow whose options come from other providers. `name` stands outside of the factory.
   * @throws InvalidOptionsError
   */
  static forRootAsync({ name = DEFAULT, imports = [], ...options }: EventualityAsyncOptions): DynamicModule {
    return { ...rootModule(name, optionsProviders(name, options)), imports };
  }

  /**
   * Lists what Nest does not create: aggregates, process managers, events and upcasters. Repositories of the
   * aggregates, and read models of listed projections, can then be injected everywhere.
   * @param flow the name of the flow, for an application with several
   */
  static forFeature(list: readonly Feature[], flow: string = DEFAULT): DynamicModule {
    const features: Features = { flow, list };
    const provided = list.flatMap(each => injectable(each, flow));
    return {
      module: EventualityFeatureModule,
      global: true,
      providers: [{ provide: FEATURES, useValue: features }, ...provided],
      exports: provided.map(provider => (provider as { provide: symbol }).provide),
    };
  }
}

/** The module of what `EventualityModule.forFeature` provides. */
class EventualityFeatureModule {}

function rootModule(name: string, options: readonly Provider[]): DynamicModule {
  const token = flowToken(name);
  return {
    module: EventualityModule,
    global: true,
    providers: [
      ...options,
      { provide: ROOT, useValue: name },
      {
        provide: hostToken(name),
        inject: [optionsToken(name), ModulesContainer, ModuleRef, { token: extensionToken(name), optional: true }],
        useFactory: (given, modules: ModulesContainer, root: ModuleRef, extension?: FlowExtension) =>
          FlowHost.assemble(name, given, modules, root, rootsOf(modules), extension),
      },
      { provide: token, inject: [hostToken(name)], useFactory: ({ flow }: FlowHost) => flow },
      ...(name === DEFAULT ? [EventualityHealthIndicator] : []),
    ],
    exports: [token, hostToken(name), ...(name === DEFAULT ? [EventualityHealthIndicator] : [])],
  };
}

/** The flows of an application, and how often it has each. */
function rootsOf(modules: ModulesContainer): Map<string, number> {
  const roots = new Map<string, number>();
  for (const { providers } of modules.values()) {
    const name = providers.get(ROOT)?.instance as string | undefined;
    if (name !== undefined) roots.set(name, (roots.get(name) ?? 0) + 1);
  }
  return roots;
}

function optionsProviders(name: string, given: EventualityAsyncOptions): Provider[] {
  const ways = WAYS.filter(way => given[way] !== undefined);
  if (ways.length !== 1)
    throw new InvalidOptionsError('EventualityModule.forRootAsync', [
      `it has ${ways.length === 0 ? 'none' : ways.join(' and ')} of ${WAYS.join(', ')}; give exactly one.`,
    ]);
  const { useFactory, useClass, useExisting, inject = [] } = given;
  const provide = optionsToken(name);
  if (useFactory) return [{ provide, useFactory, inject: [...inject] }];
  const creates = (factory: { createEventualityOptions(): unknown }) => factory.createEventualityOptions();
  if (useExisting) return [{ provide, inject: [useExisting], useFactory: creates }];
  return [useClass!, { provide, inject: [useClass!], useFactory: creates }];
}

/** What can be injected of a listed component. */
function injectable(component: Feature, flow: string): Provider[] {
  const inject = [{ token: flowToken(flow), optional: true }];
  const given = (found: Flow | undefined): Flow => {
    if (found) return found;
    const name = flow === DEFAULT ? '' : `{ name: '${flow}' }`;
    throw new WiringError([
      `${nameOf(component)} is listed for the flow '${flow}', which no module provides. Import EventualityModule.forRoot(${name}).`,
    ]);
  };
  const role = componentRole(component);
  if (role === 'aggregate')
    return [
      {
        provide: repositoryTokenOf(component as never, flow),
        inject,
        useFactory: (found?: Flow) => given(found).repository(component as never),
      },
    ];
  if (role === 'projection')
    return [
      {
        provide: readModelTokenOf(component as never, flow),
        inject,
        useFactory: (found?: Flow) => given(found).readModel(component as never),
      },
    ];
  return [];
}
