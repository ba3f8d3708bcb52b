import 'reflect-metadata';
import { type DependencyContainer, container as rootContainer } from 'tsyringe';
import type { ModuleClass, Provider, Token } from '../decorators';
import { EventBus, type EventListener, Flow, type FlowCommandHandler, type FlowParts, type QueryHandlerFunction } from '../flow';
import { eventTypeOf, messageName, optionFaults, type RecordedEvent } from '../messages';
import { definitionOf } from '../model';
import type { FollowerDefinition, ProjectionDefinition } from '../processing';
import type { HandlerContext } from '../repository';
import { InMemoryEventStore } from '../store';
import { Components, type HandlerClass } from './components';
import { type ContainerAdapter, isContainerAdapter } from './container-adapter';
import { WiringError } from './errors';
import { type FollowerClass, followerClasses, followerClassFaults } from './follower-classes';
import { nameFaults } from './name-checks';
import { adjusting, BOOTSTRAP_OPTIONS } from './option-checks';
import { readModelToken } from './read-model-token';
import { repositoryToken } from './repository-token';
import { snapshotStoreFaults } from './snapshot-checks';
import { TsyringeAdapter } from './tsyringe-adapter';

/** What `bootstrap` can be told; every part has a default. */
export interface BootstrapOptions extends Partial<Omit<FlowParts, 'aggregates' | 'commandHandlers' | 'queryHandlers' | 'listeners'>> {
  /** The container whose child the application uses; default tsyringe's own. */
  readonly container?: DependencyContainer | ContainerAdapter;
  /** Called for each failure of a listener, beside the logger. */
  readonly onListenerError?: (error: unknown, event: RecordedEvent) => void;
  /** Gets each projection and durable listener that was found or given; what it returns takes its place, under the same name. */
  readonly adjustFollower?: (definition: FollowerDefinition) => FollowerDefinition;
}

/** A Flow whose parts were found in modules and made by a container. */
export class Application extends Flow {
  /** An application always has an event bus. */
  declare readonly eventBus: EventBus;
  readonly #container: ContainerAdapter;

  constructor(parts: FlowParts, container: ContainerAdapter) {
    super(parts);
    this.#container = container;
  }

  /** Returns what the application's container makes for a token. */
  resolve<T>(token: Token<T>): T {
    return this.#container.resolve(token);
  }
}

/**
 * Makes an application of a module: finds the roles of its components by their decorators, makes them in a child of the container,
 * and assembles the Flow. In memory unless an `eventStore` is given.
 * @throws WiringError with every mistake that was found, each with its fix; errors of the store, where durable listeners must be made known to it
 */
export async function bootstrap(module: ModuleClass, given: BootstrapOptions = {}): Promise<Application> {
  const faults = optionFaults<BootstrapOptions>(given, BOOTSTRAP_OPTIONS);
  const options = faults.length > 0 ? {} : given;
  const components = new Components();
  components.collect(module);
  const container = containerOf(options.container);
  registerProviders(components, container);
  registerRepositories(components, container, () => application);
  const adjusted = adjusting(options.adjustFollower, faults);
  const followers = followerClasses(components, container).map(({ type, definition }) => ({ type, definition: adjusted(definition) }));
  const definitions = (options.projections ?? []).map(each => adjusted(each));
  registerReadModels([...followers, ...(options.projections ?? [])], container, () => application);
  faults.push(
    ...components.faults,
    ...nameFaults(components),
    ...constructorFaults(components, container),
    ...followerClassFaults(components, followers, definitions, options.eventStore),
    ...snapshotStoreFaults(components, options.eventStore, options.snapshotStore),
  );
  if (faults.length > 0) throw new WiringError(faults);
  const projections = [...followers.map(({ definition }) => definition), ...definitions];
  const parts = { ...partsOf(components, options, container), projections };
  const application: Application = new Application(parts, container);
  try {
    subscribeListeners(components, parts.eventBus!, container);
    await application.projections.ready();
  } catch (error) {
    await application.projections.close();
    throw error;
  }
  return application;
}

function containerOf(given: DependencyContainer | ContainerAdapter = rootContainer): ContainerAdapter {
  return isContainerAdapter(given) ? given.createScope() : new TsyringeAdapter(given.createChildContainer());
}

/** Command handlers are made for each command, so that their repositories belong to it; whatever else listens or answers is made once. */
function registerProviders({ providers, handlerClasses }: Components, container: ContainerAdapter): void {
  for (const { type, commands } of handlerClasses) container.register(type, { useClass: type, singleton: commands.size === 0 });
  for (const provider of providers) {
    if (typeof provider === 'function') container.register(provider, { useClass: provider, singleton: true });
    else registerProvider(provider, container);
  }
}

function registerProvider(provider: Provider, container: ContainerAdapter): void {
  const { provide } = provider;
  if ('useClass' in provider) container.register(provide, { useClass: provider.useClass, singleton: provider.singleton ?? true });
  else if ('useFactory' in provider)
    container.register(provide, { useFactory: scope => provider.useFactory(token => scope.resolve(token)) });
  else container.register(provide, { useValue: provider.useValue });
}

const COMMAND_CONTEXT = Symbol('the context of the command being handled');

function registerRepositories({ aggregates }: Components, container: ContainerAdapter, application: () => Application): void {
  for (const aggregate of aggregates) {
    container.register<unknown>(repositoryToken(aggregate) as symbol, {
      useFactory: scope =>
        scope.has(COMMAND_CONTEXT)
          ? scope.resolve<HandlerContext>(COMMAND_CONTEXT).repository(aggregate)
          : application().repository(aggregate),
    });
  }
}

function registerReadModels(
  followers: readonly (FollowerClass | FollowerDefinition)[],
  container: ContainerAdapter,
  application: () => Application,
): void {
  for (const follower of followers) {
    const { kind, name } = 'definition' in follower ? follower.definition : follower;
    if (kind !== 'projection') continue;
    const token = readModelToken('definition' in follower ? follower.type : (follower as ProjectionDefinition));
    container.register<unknown>(token, { useFactory: () => application().readModel(name) });
  }
}

function constructorFaults({ handlerClasses, providers }: Components, container: ContainerAdapter): string[] {
  const provided = [...providers].flatMap(provider =>
    typeof provider === 'function' ? [provider] : 'useClass' in provider ? [provider.useClass] : [],
  );
  const byFactory = new Set(
    [...providers].map(provider => (typeof provider === 'object' && 'useFactory' in provider ? provider.provide : undefined)),
  );
  const made = [...handlerClasses.map(({ type }) => type), ...provided].filter(type => !byFactory.has(type));
  return [...new Set(made.flatMap(type => container.faultsOf?.(type) ?? []))];
}

function partsOf(components: Components, options: BootstrapOptions, container: ContainerAdapter): FlowParts {
  const { container: _, adjustFollower: __, onListenerError, eventStore, eventBus, ...rest } = options;
  return {
    ...rest,
    eventStore: eventStore ?? new InMemoryEventStore(rest.clock ? { clock: rest.clock } : {}),
    eventBus:
      eventBus ?? new EventBus({ ...(rest.logger && { logger: rest.logger }), ...(onListenerError && { onError: onListenerError }) }),
    aggregates: [...components.aggregates].map(definitionOf),
    commandHandlers: Object.fromEntries(components.handlerClasses.flatMap(handlerClass => commandHandlers(handlerClass, container))),
    queryHandlers: Object.fromEntries(components.handlerClasses.flatMap(handlerClass => queryHandlers(handlerClass, container))),
  };
}

function commandHandlers({ type, commands }: HandlerClass, container: ContainerAdapter): [string, FlowCommandHandler][] {
  return [...commands].map(([command, [handler]]) => [
    messageName(command),
    (message, context) => {
      const scope = container.createScope();
      scope.register(COMMAND_CONTEXT, { useValue: context });
      return scope.resolve<any>(type)[handler!.method](message, context);
    },
  ]);
}

function queryHandlers({ type, queries }: HandlerClass, container: ContainerAdapter): [string, QueryHandlerFunction][] {
  return [...queries].map(([query, [handler]]) => [
    messageName(query),
    (message, context) => container.resolve<any>(type)[handler!.method](message, context),
  ]);
}

/** Makes the listeners now, so that one that cannot be made is known before the first command; only then do they listen. */
function subscribeListeners({ handlerClasses }: Components, eventBus: EventBus, container: ContainerAdapter): void {
  const faults: string[] = [];
  const made: Record<string, EventListener[]>[] = [];
  for (const { type, events, queries, follower } of handlerClasses) {
    if (events.size + queries.size === 0) continue;
    try {
      const instance = container.resolve<any>(type);
      if (!follower) made.push(listenersOf(instance, events));
    } catch (error) {
      faults.push(`${type.name} cannot be made: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) throw new WiringError(faults);
  for (const listeners of made) if (Object.keys(listeners).length > 0) eventBus.subscribe(listeners);
}

function listenersOf(listener: any, events: HandlerClass['events']): Record<string, EventListener[]> {
  return Object.fromEntries(
    [...events].map(([event, handlers]) => {
      const type = eventTypeOf(event);
      return [
        type.name,
        handlers.map(({ method }): EventListener => {
          const listen: EventListener = (recorded, context) => listener[method](type.revive(recorded.payload), context);
          return Object.defineProperty(listen, 'name', { value: `${listener.constructor.name}.${String(method)}` });
        }),
      ];
    }),
  );
}
