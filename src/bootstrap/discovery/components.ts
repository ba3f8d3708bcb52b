import {
  type EventProcessorRole,
  eventProcessorRole,
  MODULE,
  type ModuleClass,
  type ModuleOptions,
  type Provider,
} from '../../decorators';
import {
  type ClassReference,
  type EventDefinition,
  ownMetadata,
  resolvedUpcasters,
  shownText,
  shownWithKeys,
  type Upcaster,
} from '../../messages';
import {
  type AggregateClass,
  type AggregateDefinition,
  COMMAND_HANDLERS,
  definitionFaults,
  EVENT_HANDLERS,
  type FoundHandler,
  handlersOf,
  inspectAggregate,
  QUERY_HANDLERS,
  REPLAY_HANDLERS,
  REPOSITORY_INJECTIONS,
} from '../../model';
import { moduleFaults, PROVIDING, providerFaults } from '../checks/option-checks';
import { componentRole } from './component-role';
import { type ProcessClass, processClass } from './process-classes';

type Class = new (...args: any[]) => any;

/** A class with handlers that the container creates. */
export interface HandlerClass {
  readonly type: Class;
  readonly commands: ReadonlyMap<ClassReference, readonly FoundHandler[]>;
  readonly events: ReadonlyMap<ClassReference, readonly FoundHandler[]>;
  readonly queries: ReadonlyMap<ClassReference, readonly FoundHandler[]>;
  readonly replays: ReadonlyMap<ClassReference, readonly FoundHandler[]>;
  /**
   * The options of `@Projection` or `@Reactor`, whose classes follow events by checkpoint; other classes hear them only
   * in the process.
   */
  readonly processor: EventProcessorRole | undefined;
}

/** The components of an application's modules, each once, by role. */
export class Components {
  readonly aggregates = new Set<AggregateClass | AggregateDefinition>();
  readonly handlerClasses: HandlerClass[] = [];
  readonly processes: ProcessClass[] = [];
  /** What `defineEvent` returned. */
  readonly events: EventDefinition[] = [];
  readonly upcasters: Upcaster[] = [];
  readonly providers = new Set<Provider | Class>();
  readonly faults: string[] = [];
  readonly #modules = new Set<ModuleClass>();
  readonly #components = new Set<unknown>();

  /** Collects what a module and its imports list. */
  collect(module: ModuleClass, importedBy?: string): void {
    if (this.#modules.has(module)) return;
    const options = typeof module === 'function' ? ownMetadata<ModuleOptions>(module, MODULE) : undefined;
    if (!options) {
      this.faults.push(
        `${nameOf(module)}${importedBy ? `, imported by ${importedBy},` : ''} is not a module. Write @Module({ ... }) above the class.`,
      );
      return;
    }
    this.#modules.add(module);
    this.faults.push(...moduleFaults(module.name, options));
    const { imports, components, providers } = options;
    for (const imported of listed(imports)) this.collect(imported, module.name);
    for (const component of listed(components)) this.#add(component, module.name);
    for (const provider of listed(providers)) this.#addProvider(provider, module.name);
  }

  #add(component: unknown, module: string): void {
    if (this.#components.has(component)) return;
    this.#components.add(component);
    if (typeof component === 'function' && ownMetadata(component, MODULE)) {
      this.faults.push(
        `${component.name} is a module, listed among the components of ${module}. Move it to the imports.`,
      );
      return;
    }
    const role = componentRole(component);
    if (role === 'event') this.events.push(component as EventDefinition);
    else if (role === 'upcaster') this.upcasters.push(...resolvedUpcasters([component as Upcaster], this.faults));
    else if (role === 'process') this.processes.push(processClass(component as Class, this.faults));
    else if (role === 'aggregate' && typeof component !== 'function')
      this.#addDefinition(component as AggregateDefinition, module);
    else if (role === 'aggregate') this.#addAggregate(component as AggregateClass);
    else if (typeof component === 'function') this.#addHandlerClass(component as Class, module);
    else this.faults.push(`A component of ${module} is ${nameOf(component)}; list classes and aggregate definitions.`);
  }

  #addAggregate(type: AggregateClass): void {
    const { faults } = inspectAggregate(type);
    this.faults.push(...faults);
    if (faults.length === 0) this.aggregates.add(type);
  }

  #addDefinition(definition: AggregateDefinition, module: string): void {
    const faults = definitionFaults(definition);
    this.faults.push(...faults.map(fault => `An aggregate definition of ${module}: ${fault}`));
    if (faults.length === 0) this.aggregates.add(definition);
  }

  #addHandlerClass(type: Class, module: string): void {
    const before = this.faults.length;
    const commands = handlersOf(type, COMMAND_HANDLERS, this.faults);
    const events = handlersOf(type, EVENT_HANDLERS, this.faults);
    for (const handler of [...commands.values()].flat()) this.faults.push(...uselessOptions(type, handler));
    const queries = handlersOf(type, QUERY_HANDLERS, this.faults);
    const handlerClass = {
      type,
      commands,
      events,
      queries,
      replays: handlersOf(type, REPLAY_HANDLERS, this.faults),
      processor: eventProcessorRole(type),
    };
    if (handlerClass.processor || handlerClass.replays.size + commands.size + events.size + queries.size > 0)
      this.handlerClasses.push(handlerClass);
    else if (this.faults.length === before) {
      const hint = ownMetadata(type, REPOSITORY_INJECTIONS) ? ' It has injected repositories but no handler.' : '';
      this.faults.push(
        `${nameOf(type)}, a component of ${module}, has no role: it has no @CommandHandler, @EventHandler or @QueryHandler.${hint} ` +
          'Decorate a method, or list the class among the providers.',
      );
    }
  }

  #addProvider(provider: Provider | Class, module: string): void {
    if (typeof provider === 'function') this.providers.add(provider);
    else if (typeof provider !== 'object' || provider === null || provider.provide === undefined) {
      this.faults.push(
        `A provider of ${module} is ${nameOf(provider)}; give a class or { provide: token, useValue | useClass | useFactory | useToken }.`,
      );
    } else if (PROVIDING.filter(way => way in provider).length !== 1) {
      this.faults.push(
        `The provider of ${nameOf(provider.provide)} in ${module} must have exactly one of ${PROVIDING.join(', ')}.`,
      );
    } else {
      const faults = providerFaults(provider, `The provider of ${nameOf(provider.provide)} in ${module}`);
      this.faults.push(...faults);
      if (faults.length === 0) this.providers.add(provider);
    }
  }
}

/**
 * The target of a command, and whether it creates that, are options of aggregates only: other classes load and add by
 * themselves.
 */
const uselessOptions = ({ name }: Class, { method, options }: FoundHandler): string[] =>
  ['creates', 'target']
    .filter(option => options?.[option as keyof typeof options] !== undefined)
    .map(
      option =>
        `${name}.${String(method)} has the option ${option}, which has no effect outside of an aggregate. Remove it.`,
    );

/** A value that is not a list was already reported as a fault. */
const listed = <T>(list: readonly T[] | undefined): readonly T[] => (Array.isArray(list) ? list : []);

/** Names a value for a message. */
function nameOf(value: unknown): string {
  if (typeof value === 'function') return value.name || 'An anonymous class';
  if (value === undefined) return 'undefined (as when two files import each other)';
  return typeof value === 'string' ? shownText(value) : shownWithKeys(value);
}
