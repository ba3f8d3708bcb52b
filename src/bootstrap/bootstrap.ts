import 'reflect-metadata';
import type { DependencyContainer } from 'tsyringe';
import type { FlowCommandHandler } from '../commands';
import type { ModuleClass, Token } from '../decorators';
import {
  EventBus,
  eventReaderFor,
  Flow,
  type FlowParts,
  type GivenCommandHandler,
  type QueryHandlerFunction,
} from '../flow';
import { type FailureReporting, messageName, optionFaults, refuseArguments } from '../messages';
import { definitionOf } from '../model';
import type { EventProcessorDefinition, ProjectionDefinition } from '../processing';
import { InMemoryEventStore } from '../store';
import { type MessageNames, messageNameFaults } from './checks/message-names';
import { nameFaults } from './checks/name-checks';
import { adjusting, aToken, BOOTSTRAP_OPTIONS } from './checks/option-checks';
import { snapshotStoreFaults } from './checks/snapshot-checks';
import { type ContainerAdapter, isContainerAdapter } from './container/container-adapter';
import { disposed, disposing } from './container/disposal';
import { Components, type HandlerClass } from './discovery/components';
import {
  type EventProcessorClass,
  eventProcessorClasses,
  eventProcessorClassFaults,
} from './discovery/event-processor-classes';
import { WiringError } from './errors';
import { CommandScopes, type RepositorySource } from './making/command-scopes';
import { subscribeListeners } from './making/listeners';
import { Providers } from './making/providers';
import { Trials } from './making/trials';
import { unitFaults } from './making/unit-checks';
import { readModelToken } from './tokens/read-model-token';
import { repositoryToken } from './tokens/repository-token';

/** Options of `bootstrap`; each has a default. */
export interface BootstrapOptions
  extends Partial<
    Omit<FlowParts, 'aggregates' | 'commandHandlers' | 'queryHandlers' | 'listeners' | 'messageClasses'>
  > {
  /** The container; the application works in a child of it. Default tsyringe's root container. */
  readonly container?: DependencyContainer | ContainerAdapter;
  /**
   * Where names of commands and events come from. `'class'`: the name of the class, unless a decorator gives one.
   * `'explicit'`: only `@Command('name')` and `@Event('name')`, so that neither a renamed class nor a bundler changes a
   * name. Default `'class'`.
   */
  readonly names?: MessageNames;
  /** Called with each projection and reactor; returns the definition to use instead, with the same kind and name. */
  readonly adjustEventProcessor?: (definition: EventProcessorDefinition) => EventProcessorDefinition;
}

/** A Flow that `bootstrap` assembled from modules and a container. */
export class Application extends Flow {
  /** An application always has an event bus. */
  declare readonly eventBus: EventBus;
  readonly #container: ContainerAdapter;
  readonly #reporting: FailureReporting;
  #ending: Promise<void> | undefined;

  constructor(parts: FlowParts, container: ContainerAdapter) {
    super(parts);
    this.#container = container;
    this.#reporting = parts;
  }

  /**
   * Returns the object that the application's container provides for a token.
   * @throws InvalidOptionsError, and what the container throws
   */
  resolve<T>(token: Token<T>): T {
    refuseArguments('resolve', { token: [token, aToken] });
    return this.#container.resolve(token);
  }

  /**
   * Closes the flow and its event store, then calls `dispose()` of every object that the container created for this
   * application, newest first; their errors go to the logger and `onError`. Calling it again returns the same promise.
   */
  override close(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    try {
      await super.close();
    } finally {
      await disposed(this.#container, this.#reporting);
    }
  }
}

/** What the steps of `bootstrap` share. */
interface Wiring {
  readonly components: Components;
  readonly container: ContainerAdapter;
  readonly providers: Providers;
  readonly commandScopes: CommandScopes;
  readonly reporting: FailureReporting;
}

/**
 * Creates an application from a module: recognizes its components by their decorators, creates them in a child of the
 * container, and assembles the Flow. Events are kept in memory unless an `eventStore` is given.
 * @throws WiringError with all mistakes, each with its fix; SequenceByChangedError; errors of the store
 */
export async function bootstrap(module: ModuleClass, given: BootstrapOptions = {}): Promise<Application> {
  const faults = optionFaults<BootstrapOptions>(given, BOOTSTRAP_OPTIONS);
  const options = faults.length > 0 ? {} : given;
  const components = new Components();
  components.collect(module);
  const container = containerOf(options.container);
  const providers = new Providers(container);
  const commandScopes = new CommandScopes(
    container,
    plainRepositories(() => application),
  );
  const wiring: Wiring = { components, container, providers, commandScopes, reporting: options };
  providers.register(components);
  for (const aggregate of components.aggregates) commandScopes.register(aggregate);
  const adjusted = adjusting(options.adjustEventProcessor, faults);
  const processors = eventProcessorClasses(components, container).map(({ type, definition }) => ({
    type,
    definition: adjusted(definition),
  }));
  const definitions = (options.processors ?? []).map(each => adjusted(each));
  registerReadModels([...processors, ...(options.processors ?? [])], container, () => application);
  const projections = [...processors.map(({ definition }) => definition), ...definitions];
  const parts = { ...partsOf(wiring, options), processors: projections };
  faults.push(
    ...components.faults,
    ...nameFaults(components),
    ...messageNameFaults(components, options.names),
    ...providers.faults(),
    ...constructorFaults(wiring),
    ...repositoryFaults(wiring),
    ...eventProcessorClassFaults(components, processors, definitions, options),
    ...snapshotStoreFaults(components, options.eventStore, options.snapshotStore),
  );
  eventReaderFor(parts, faults);
  if (faults.length > 0) throw new WiringError(faults);
  const application: Application = new Application(parts, container);
  await start(application, wiring, options.follow);
  return application;
}

/** If it cannot start, nothing of it is left behind. */
async function start(application: Application, wiring: Wiring, follow: FlowParts['follow']): Promise<void> {
  const { components, container, reporting } = wiring;
  try {
    await tryCommandHandlers(wiring, application);
    subscribeListeners(components, application.eventBus, container);
    if (follow !== 'later') await application.processors.ready();
  } catch (error) {
    await application.processors.close();
    await disposed(container, reporting);
    throw error;
  }
}

/** Loads tsyringe only for an application that uses it. */
function containerOf(given: DependencyContainer | ContainerAdapter | undefined): ContainerAdapter {
  if (given && isContainerAdapter(given)) return given.createScope();
  const { TsyringeAdapter } = require('./container/tsyringe-adapter') as typeof import('./container/tsyringe-adapter');
  return new TsyringeAdapter(given).createScope();
}

function registerReadModels(
  processors: readonly (EventProcessorClass | EventProcessorDefinition)[],
  container: ContainerAdapter,
  application: () => Application,
): void {
  for (const processor of processors) {
    const { kind, name } = 'definition' in processor ? processor.definition : processor;
    if (kind !== 'projection') continue;
    const token = readModelToken('definition' in processor ? processor.type : (processor as ProjectionDefinition));
    container.register<unknown>(token, { useFactory: () => application().readModel(name) });
  }
}

function constructorFaults({ components: { handlerClasses, providers }, container }: Wiring): string[] {
  const provided = [...providers].flatMap(provider =>
    typeof provider === 'function' ? [provider] : 'useClass' in provider ? [provider.useClass] : [],
  );
  const madeOtherwise = new Set(
    [...providers].map(provider =>
      typeof provider === 'object' && ('useFactory' in provider || 'useToken' in provider)
        ? provider.provide
        : undefined,
    ),
  );
  const made = [...handlerClasses.map(({ type }) => type), ...provided].filter(type => !madeOtherwise.has(type));
  return [...new Set(made.flatMap(type => container.faultsOf?.(type) ?? []))];
}

/** Repositories outside of commands, as listeners have them. */
const plainRepositories = (application: () => Application): RepositorySource => ({
  repository: aggregate => application().repositoryOf(aggregate),
});

const withCommands = ({ handlerClasses }: Components): HandlerClass['type'][] =>
  handlerClasses.filter(({ commands }) => commands.size > 0).map(({ type }) => type);

/** Finds repositories that would not belong to the command, as far as that is known before anything is created. */
function repositoryFaults({ components, providers }: Wiring): string[] {
  const repositories = new Set<Token>([...components.aggregates].map(aggregate => repositoryToken(aggregate)));
  return unitFaults(
    withCommands(components),
    token => providers.makingOf(token),
    token => repositories.has(token),
  );
}

/** Creates classes whose faults appear only then: those behind factories, and all if the container cannot be asked. */
async function tryCommandHandlers(wiring: Wiring, application: Application): Promise<void> {
  const { components, container, providers, commandScopes, reporting } = wiring;
  const trials = new Trials(
    container,
    providers,
    commandScopes,
    plainRepositories(() => application),
  );
  const faults = withCommands(components).flatMap(type => trials.faultsOf(type));
  for (const scope of trials.scopes) await disposed(scope, reporting);
  const all = new Set([...faults, ...repositoryFaults(wiring)]);
  if (all.size > 0) throw new WiringError([...all]);
}

function partsOf({ components, container, commandScopes, reporting }: Wiring, options: BootstrapOptions): FlowParts {
  const { container: _, adjustEventProcessor: __, names: ___, eventStore, eventBus, ...rest } = options;
  const { handlerClasses, aggregates } = components;
  return {
    ...rest,
    eventStore: eventStore ?? new InMemoryEventStore(rest.clock ? { clock: rest.clock } : {}),
    eventBus: eventBus ?? new EventBus(rest.logger ? { logger: rest.logger } : {}),
    aggregates: [...aggregates].map(definitionOf),
    events: [...components.events, ...(options.events ?? [])],
    upcasters: [...components.upcasters, ...(options.upcasters ?? [])],
    commandHandlers: Object.fromEntries(
      handlerClasses.flatMap(each => commandHandlers(each, commandScopes, reporting)),
    ),
    queryHandlers: Object.fromEntries(handlerClasses.flatMap(each => queryHandlers(each, container))),
    messageClasses: {
      commands: handlerClasses.flatMap(({ commands }) => [...commands.keys()]),
      queries: handlerClasses.flatMap(({ queries }) => [...queries.keys()]),
      events: handlerClasses.flatMap(({ events }) => [...events.keys()]),
    },
  };
}

function commandHandlers(
  { type, commands }: HandlerClass,
  scopes: CommandScopes,
  reporting: FailureReporting,
): [string, GivenCommandHandler][] {
  return [...commands].map(([command, [handler]]) => {
    const { method, options } = handler!;
    const handle: FlowCommandHandler = (message, context) => {
      const scope = scopes.scopeFor(context);
      const handled = scopes.make<any>(type, scope)[method](message, context);
      return scope.dispose ? disposing(handled, scope, reporting) : handled;
    };
    return [messageName(command), { handle, retry: options?.retry }];
  });
}

function queryHandlers({ type, queries }: HandlerClass, container: ContainerAdapter): [string, QueryHandlerFunction][] {
  return [...queries].map(([query, [handler]]) => [
    messageName(query),
    (message, context) => container.resolve<any>(type)[handler!.method](message, context),
  ]);
}
