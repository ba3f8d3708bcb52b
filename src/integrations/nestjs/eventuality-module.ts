import { type DynamicModule, Inject, type OnModuleInit, type Provider } from '@nestjs/common';
import { LazyModuleLoader, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { Flow } from '../..';
import { componentRole } from '../../container';
import { InvalidOptionsError, WiringError } from '../../errors';
import { extensionToken, type FlowExtension } from './flow-extension';
import { FlowHost } from './flow-host';
import { FEATURES, type Features, nameOf } from './found-components';
import { EventualityHealthIndicator } from './health-indicator';
import type { EventualityAsyncOptions, EventualityOptions, EventualityRootOptions, Feature } from './module-options';
import { flowNameOf, refuseNoList, refuseNoObject } from './option-faults';
import { DEFAULT, flowToken, hostToken, optionsToken, readModelTokenOf, repositoryTokenOf } from './tokens';

/** Under which each `forRoot` keeps the name of its flow. */
const ROOT = Symbol('the name of a flow');
const INNER = Symbol('starts and closes a flow');
const CHECK = Symbol('checks what a module lists');
const FEATURE_KINDS = 'aggregates, projections, process managers, events and upcasters';
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

  /**
   * Provides a flow: in memory unless an `eventStore` is given. Import it once, in the root module.
   * @throws InvalidOptionsError
   */
  static forRoot(given: EventualityRootOptions = {}): DynamicModule {
    const { name, ...options } = named(given, 'forRoot');
    return rootModule(name, [{ provide: optionsToken(name), useValue: options }]);
  }

  /**
   * Provides a flow whose options come from other providers. `name` stands outside of the factory.
   * @throws InvalidOptionsError
   */
  static forRootAsync(given: EventualityAsyncOptions): DynamicModule {
    const { name, imports = [], ...options } = named(given, 'forRootAsync');
    return rootModule(name, optionsProviders(name, options), imports);
  }

  /**
   * Lists what Nest does not create: aggregates, process managers, events and upcasters. Repositories of the
   * aggregates, and read models of listed projections, can then be injected everywhere.
   * @param flow the name of the flow, for an application with several
   * @throws InvalidOptionsError for what is no list, or has undefined in it
   */
  static forFeature(list: readonly Feature[], flow: string = DEFAULT): DynamicModule {
    refuseNoList('EventualityModule.forFeature', list, FEATURE_KINDS);
    const features: Features = { flow, list };
    const provided = list.flatMap(each => injectable(each, features));
    const check = {
      provide: CHECK,
      inject: [optionalHost(flow)],
      useFactory: (host?: FlowHost) => host?.assertKnown(features),
    };
    return {
      module: EventualityFeatureModule,
      global: true,
      providers: [{ provide: FEATURES, useValue: features }, check, ...provided],
      exports: provided.map(provider => (provider as { provide: symbol }).provide),
    };
  }
}

/** The module of what `EventualityModule.forFeature` provides. */
class EventualityFeatureModule {}

/** Its hooks are the last of the start and the first of the shutdown. */
class EventualityInnerModule {}

function rootModule(
  name: string,
  options: readonly Provider[],
  imports: NonNullable<DynamicModule['imports']> = [],
): DynamicModule {
  const [token, host] = [flowToken(name), hostToken(name)];
  const onlyDefault = name === DEFAULT ? [EventualityHealthIndicator] : [];
  const inner = {
    provide: INNER,
    inject: [host],
    useFactory: (started: FlowHost) => ({
      onApplicationBootstrap: () => started.follow(),
      onApplicationShutdown: () => started.close(),
    }),
  };
  return {
    module: EventualityModule,
    global: true,
    imports: [...imports, { module: EventualityInnerModule, providers: [inner] }],
    providers: [
      ...options,
      { provide: ROOT, useValue: name },
      {
        provide: host,
        inject: [
          optionsToken(name),
          ModulesContainer,
          ModuleRef,
          LazyModuleLoader,
          { token: extensionToken(name), optional: true },
        ],
        useFactory: (
          given: EventualityOptions,
          modules: ModulesContainer,
          root: ModuleRef,
          loader: LazyModuleLoader,
          extension?: FlowExtension,
        ) => {
          const nest = { modules, root, loader, roots: rootsOf(modules), isLate: isLate(modules) };
          orderHooks(modules);
          return FlowHost.assemble(name, given, nest, extension);
        },
      },
      { provide: token, inject: [host], useFactory: ({ flow }: FlowHost) => flow },
      ...onlyDefault,
    ],
    exports: [token, host, ...onlyDefault],
  };
}

/**
 * Nest calls hooks in the order of the modules' distances, and those of the shutdown in the opposite one. A flow
 * handles messages before the hooks of all modules, which may then dispatch. It follows events after them, and closes
 * before them, as its handlers use what they provide.
 */
function orderHooks(modules: ModulesContainer): void {
  for (const module of modules.values()) {
    if (module.metatype === EventualityModule) module.distance = Number.POSITIVE_INFINITY;
    if (module.metatype === EventualityInnerModule) module.distance = Number.NEGATIVE_INFINITY;
  }
}

/** Tells whether a flow comes with a module that is loaded lazily: Nest gives distances at the start only. */
const isLate = (modules: ModulesContainer): boolean =>
  [...modules.values()].some(({ metatype, distance }) => metatype === EventualityInnerModule && distance === 0);

/** The flows of an application, and how often it has each. */
function rootsOf(modules: ModulesContainer): Map<string, number> {
  const roots = new Map<string, number>();
  for (const { providers } of modules.values()) {
    const name = providers.get(ROOT)?.instance as string | undefined;
    if (name !== undefined) roots.set(name, (roots.get(name) ?? 0) + 1);
  }
  return roots;
}

/** Returns the options of a root module, with a name. */
function named<Options extends { readonly name?: string }>(given: Options, way: string): Options & { name: string } {
  const what = `EventualityModule.${way}`;
  refuseNoObject(what, given);
  return { ...given, name: flowNameOf(what, 'name', given.name) };
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

const optionalHost = (flow: string) => ({ token: hostToken(flow), optional: true });

/** What can be injected of a listed component. */
function injectable(component: Feature, features: Features): Provider[] {
  const { flow } = features;
  const given = (found: FlowHost | undefined): Flow => {
    found?.assertKnown(features);
    if (found) return found.flow;
    const name = flow === DEFAULT ? '' : `{ name: '${flow}' }`;
    throw new WiringError([
      `${nameOf(component)} is listed for the flow '${flow}', which no module provides. Import EventualityModule.forRoot(${name}).`,
    ]);
  };
  const role = componentRole(component);
  if (role !== 'aggregate' && role !== 'projection') return [];
  const [provide, part] =
    role === 'aggregate'
      ? [repositoryTokenOf(component as never, flow), (found: Flow) => found.repository(component as never)]
      : [readModelTokenOf(component as never, flow), (found: Flow) => found.readModel(component as never)];
  return [{ provide, inject: [optionalHost(flow)], useFactory: (found?: FlowHost) => part(given(found)) }];
}
