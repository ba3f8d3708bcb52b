import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleInit,
} from '@nestjs/common';
import type { ModuleRef, ModulesContainer } from '@nestjs/core';
import { type Application, bootstrap, Module, type ModuleClass } from '../..';
import { componentRole } from '../../container';
import { InvalidOptionsError, WiringError } from '../../errors';
import { requestEntries } from './actor';
import type { ExtensionParts, FlowExtension } from './flow-extension';
import { type Class, type FoundComponent, FoundComponents, hasInstance } from './found-components';
import { endLiveQueries } from './live-query';
import type { EventualityOptions } from './module-options';
import { NestContainer } from './nest-container';
import { NestLogger } from './nest-logger';

/** Which modules give options for flows, by the flow's name. */
export type RootModules = ReadonlyMap<string, number>;

const NOTHING: ExtensionParts = { processors: [], events: [], handlers: [], faults: [] };

const ONLY_ONE: Readonly<Record<string, string>> = {
  projection: 'a projection follows events, not requests. Take what is request-scoped out of it.',
};

/** Runs a flow within a Nest application: assembles it, starts it with the application, and closes it with it. */
export class FlowHost
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private constructor(
    readonly flow: Application,
    private readonly container: NestContainer,
    private readonly extension: FlowExtension | undefined,
  ) {}

  /** @throws WiringError with all faults */
  static async assemble(
    name: string,
    options: EventualityOptions,
    modules: ModulesContainer,
    root: ModuleRef,
    roots: RootModules,
    extension?: FlowExtension,
  ): Promise<FlowHost> {
    refuseContainer(options);
    const found = new FoundComponents(modules, name, [...roots.keys()]);
    const components = found.all().filter(isUsable);
    const parts = extension?.partsFor(name, options, components) ?? NOTHING;
    const faults = [...rootFaults(name, roots), ...found.faults, ...parts.faults];
    const given = new Map(parts.handlers.map(({ type, instance }) => [type, instance]));
    const container = new NestContainer(providersOf(components), root, given);
    const all = moduleOf([...components, ...parts.handlers.map(({ type, module }) => ({ component: type, module }))]);
    const flow = await bootstrapped(all, { ...extended(options, parts), ...withinNest(options), container }, faults);
    container.assembled();
    return new FlowHost(flow, container, extension);
  }

  /** Takes the handlers that Nest has created. From here on events are news to reactors, which start later. */
  async onModuleInit(): Promise<void> {
    const faults = await this.container.created(type => ONLY_ONE[componentRole(type) ?? '']);
    await this.#refuse(faults);
    await this.flow.processors.prepare();
    if (this.extension) await this.#refuse(this.extension.created(this.flow));
  }

  /** Starts to follow when the whole application is there. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.extension) this.extension.start(this.flow.processors);
    else await this.flow.processors.ready();
  }

  /** Ends the live queries: the server, which closes next, waits for its open connections. */
  async beforeApplicationShutdown(): Promise<void> {
    await endLiveQueries(this.flow);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flow.close();
  }

  async #refuse(faults: readonly string[]): Promise<void> {
    if (faults.length === 0) return;
    await this.flow.close();
    throw new WiringError(faults);
  }
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

function refuseContainer(options: EventualityOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOptionsError('EventualityModule', [`the options are ${String(options)}; give an object.`]);
  if ('container' in options)
    throw new InvalidOptionsError('EventualityModule', [
      'container is given, but Nest itself creates the handlers. Remove it.',
    ]);
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

const rootFaults = (name: string, roots: RootModules): string[] =>
  (roots.get(name) ?? 1) > 1
    ? [
        `EventualityModule.forRoot is imported ${roots.get(name)} times for the flow '${name}'. Keep one, or give the others a name: forRoot({ name: ... }).`,
      ]
    : [];

/** What is not, has been reported. */
const isUsable = ({ component, provider }: FoundComponent): boolean =>
  componentRole(component) !== undefined && (provider !== undefined || !hasInstance(component));

const providersOf = (components: readonly FoundComponent[]) =>
  components.flatMap(({ component, provider }) =>
    provider && hasInstance(component) ? [[component as Class, provider] as const] : [],
  );

/** A module for `bootstrap`, with a module under the name of each module of Nest: faults name it. */
function moduleOf(components: readonly Pick<FoundComponent, 'component' | 'module'>[]): ModuleClass {
  const byModule = new Map<string, object[]>();
  for (const { module, component } of components) byModule.set(module, [...(byModule.get(module) ?? []), component]);
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
