import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { LazyModuleLoader, ModuleRef, ModulesContainer } from '@nestjs/core';
import { type Application, bootstrap, Module, type ModuleClass } from '../..';
import { componentRole } from '../../container';
import { InvalidOptionsError, WiringError } from '../../errors';
import { requestEntries } from './actor';
import type { ExtensionParts, FlowExtension } from './flow-extension';
import {
  type Class,
  type Features,
  type FoundComponent,
  FoundComponents,
  hasInstance,
  importerOf,
  nameOf,
} from './found-components';
import { refuseLateComponents, TOO_LATE } from './lazy-modules';
import { leave } from './leave';
import { endLiveQueries } from './live-query';
import type { EventualityOptions } from './module-options';
import { NestContainer } from './nest-container';
import { NestLogger } from './nest-logger';
import { refuseNoObject } from './option-faults';

/** What a flow needs of the application that it is part of. */
export interface NestParts {
  readonly modules: ModulesContainer;
  readonly root: ModuleRef;
  readonly loader: LazyModuleLoader;
  /** How many modules give options for a flow, by the flow's name. */
  readonly roots: ReadonlyMap<string, number>;
  /** Whether the application was there before the module of the flow. */
  readonly isLate: boolean;
}

const NOTHING: ExtensionParts = { processors: [], events: [], handlers: [], faults: [] };

const ONLY_ONE: Readonly<Record<string, string>> = {
  projection: 'a projection follows events, not requests. Take what is request-scoped out of it.',
};

/** Runs a flow within a Nest application: assembles it, starts it with the application, and closes it with it. */
export class FlowHost implements OnModuleInit, BeforeApplicationShutdown {
  private constructor(
    readonly flow: Application,
    private readonly container: NestContainer,
    private readonly modules: ModulesContainer,
    /** What modules have listed when the flow was assembled. */
    private readonly features: ReadonlySet<Features>,
    private readonly extension: FlowExtension | undefined,
  ) {}

  /** Closes the event store if there is a fault. @throws WiringError with all faults, InvalidOptionsError */
  static async assemble(
    name: string,
    options: EventualityOptions,
    nest: NestParts,
    extension?: FlowExtension,
  ): Promise<FlowHost> {
    try {
      refuseWithinNest(options);
      const { modules, root, loader } = nest;
      const flows = [...nest.roots.keys()];
      const found = new FoundComponents(modules, name, flows);
      const components = found.all().filter(isUsable);
      const parts = extension?.partsFor(name, options, components) ?? NOTHING;
      const faults = [...rootFaults(name, nest), ...found.faults, ...parts.faults];
      const given = new Map(parts.handlers.map(({ type, instance }) => [type, instance]));
      const container = new NestContainer(providersOf(components), root, given);
      const all = moduleOf([...components, ...parts.handlers.map(({ type, module }) => ({ component: type, module }))]);
      const flow = await bootstrapped(all, { ...extended(options, parts), ...withinNest(options), container }, faults);
      container.assembled();
      if (name === flows[0]) refuseLateComponents(loader, modules, name);
      return new FlowHost(flow, container, modules, found.features, extension);
    } catch (error) {
      await leave(options?.eventStore);
      throw error;
    }
  }

  /** @throws WiringError for what a module lists that was loaded too late */
  assertKnown(features: Features): void {
    if (this.features.has(features)) return;
    const module = importerOf(features, this.modules);
    throw new WiringError(
      features.list.map(each => `${nameOf(each)}, which ${module} lists in forFeature, ${TOO_LATE}`),
    );
  }

  /** Takes the handlers that Nest has created. From here on events are news to reactors, which start later. */
  onModuleInit(): Promise<void> {
    return this.#orClose(async () => {
      refuse(await this.container.created(type => ONLY_ONE[componentRole(type) ?? '']));
      await this.flow.processors.prepare();
      if (this.extension) refuse(this.extension.created(this.flow));
    });
  }

  /**
   * Starts to follow when the whole application is there, that is, after the hooks of all other modules: if one fails,
   * Nest calls no hook of the shutdown, and processors would run on.
   */
  follow(): Promise<void> {
    return this.#orClose(async () => {
      if (this.extension) this.extension.start(this.flow.processors);
      else await this.flow.processors.ready();
    });
  }

  /** Ends the live queries: the server, which closes next, waits for its open connections. */
  async beforeApplicationShutdown(): Promise<void> {
    await endLiveQueries(this.flow);
  }

  /** Closes the flow when nothing arrives any more. */
  async close(): Promise<void> {
    await this.extension?.stored();
    await this.flow.close();
  }

  /** What does not start, is not left open: Nest calls no hook after a failure. */
  async #orClose(start: () => Promise<void>): Promise<void> {
    try {
      await start();
    } catch (error) {
      await leave(this.flow);
      throw error;
    }
  }
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new WiringError(faults);
}

/** An option that is no list is left to `bootstrap`. */
function extended(options: EventualityOptions, { processors, events }: ExtensionParts): EventualityOptions {
  const { processors: ownProcessors = [], events: ownEvents = [] } = options;
  return {
    ...options,
    ...(processors.length > 0 && Array.isArray(ownProcessors) && { processors: [...ownProcessors, ...processors] }),
    ...(events.length > 0 && Array.isArray(ownEvents) && { events: [...ownEvents, ...events] }),
  };
}

function refuseWithinNest(options: EventualityOptions): void {
  refuseNoObject('EventualityModule', options);
  const faults = [
    ...('container' in options ? ['container is given, but Nest itself creates the handlers. Remove it.'] : []),
    ...('name' in options
      ? [
          'name is among what the factory returns, which is too late. Write it beside the factory: forRootAsync({ name, useFactory }).',
        ]
      : []),
  ];
  if (faults.length > 0) throw new InvalidOptionsError('EventualityModule', faults);
}

/** What is different within Nest; what is wrong is left to `bootstrap`. */
function withinNest({ follow = true, logger = new NestLogger(), metadata }: EventualityOptions): EventualityOptions {
  const entries = (): ReturnType<typeof requestEntries> => {
    const [given, request] = [metadata?.(), requestEntries()];
    return given && request ? { ...request, ...given } : (given ?? request);
  };
  return {
    follow: follow === true ? 'later' : follow,
    logger,
    metadata: metadata === undefined || typeof metadata === 'function' ? entries : metadata,
  };
}

function rootFaults(name: string, { roots, isLate }: NestParts): string[] {
  const count = roots.get(name) ?? 1;
  const several = `EventualityModule.forRoot is imported ${count} times for the flow '${name}'. Keep one, or give the others a name: forRoot({ name: ... }).`;
  const late = `EventualityModule.forRoot is in a module that is loaded lazily, so Nest does not start the flow '${name}'. Import it in the root module.`;
  return [...(count > 1 ? [several] : []), ...(isLate ? [late] : [])];
}

/** What is not, has been reported. */
const isUsable = (found: FoundComponent): boolean =>
  found.role !== undefined && (found.provider !== undefined || !hasInstance(found));

const providersOf = (components: readonly FoundComponent[]) =>
  components.flatMap(found =>
    found.provider && hasInstance(found) ? [[found.component as Class, found.provider] as const] : [],
  );

/** A module for `bootstrap`, with a module under the name of each module of Nest: faults name it. */
function moduleOf(components: readonly Pick<FoundComponent, 'component' | 'module'>[]): ModuleClass {
  const byModule = new Map<string, object[]>();
  for (const { module, component } of components) {
    const list = byModule.get(module) ?? [];
    list.push(component);
    byModule.set(module, list);
  }
  const imports = [...byModule].map(([name, list]) => moduleNamed(name, { components: list }));
  return moduleNamed('the Nest application', { imports });
}

function moduleNamed(name: string, options: object): ModuleClass {
  const type = class {};
  Object.defineProperty(type, 'name', { value: name });
  Module(options)(type);
  return type as ModuleClass;
}

/** Reports what is wrong in Nest's modules together with what bootstrap finds. */
async function bootstrapped(
  module: ModuleClass,
  options: Parameters<typeof bootstrap>[1],
  faults: readonly string[],
): Promise<Application> {
  if (faults.length === 0) return bootstrap(module, options);
  let others: readonly string[] = [];
  try {
    const flow = await bootstrap(module, options);
    await flow.close();
  } catch (error) {
    if (!(error instanceof WiringError)) throw error;
    others = error.faults;
  }
  throw new WiringError([...faults, ...others]);
}
