import type { DynamicModule } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { componentRole } from '../../container';
import type { Feature } from './module-options';
import { DEFAULT } from './tokens';

export type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;
export type NestProvider = NestModule['providers'] extends Map<any, infer P> ? P : never;
export type Class = new (...args: any[]) => any;

/** Under which `forFeature` keeps what it was given. */
export const FEATURES = Symbol('the features of a module');

/** What a module was given by `forFeature`. */
export interface Features {
  readonly flow: string;
  readonly list: readonly Feature[];
}

/** A component of a flow, and where Nest has it. */
export interface FoundComponent {
  readonly component: object;
  /** The name of the module that lists it. */
  readonly module: string;
  /** The provider that has its instance; undefined for what has none. */
  readonly provider: NestProvider | undefined;
  /** Undefined for what is no component. */
  readonly role: Role | undefined;
}

type Role = NonNullable<ReturnType<typeof componentRole>>;

/** A provider whose class is a component, the name of its module, and the role. */
interface Provided {
  readonly provider: NestProvider;
  readonly module: string;
  readonly role: Role;
}

/** A class that something lists for a flow, and the module that does. */
interface Listed {
  readonly component: object;
  readonly module: string;
}

/** Tells whether a component has an instance, which Nest creates. */
export const hasInstance = ({ role }: Pick<FoundComponent, 'role'>): boolean =>
  role === 'handlers' || role === 'projection' || role === 'reactor';

/**
 * Finds the components of a flow among the providers of a Nest application and what its modules list in `forFeature`,
 * before Nest creates any of them. A provider belongs to the flow that lists its class, else to the default one, or to
 * the only one.
 */
export class FoundComponents {
  readonly faults: string[] = [];
  /** What modules list for any flow. */
  readonly features = new Set<Features>();
  readonly #listed: Listed[] = [];
  readonly #listedElsewhere = new Set<object>();
  readonly #providers = new Map<Class, Provided>();

  constructor(
    private readonly modules: Pick<ModulesContainer, 'values'>,
    private readonly flow: string,
    /** The names of all flows of the application. */
    private readonly flows: readonly string[],
  ) {
    for (const module of modules.values()) {
      this.#addFeatures(module);
      for (const provider of module.providers.values()) this.#addProvider(provider, module);
      for (const { metatype } of module.controllers.values()) this.#refuseController(metatype, module);
    }
  }

  /** All components, each once. */
  all(): FoundComponent[] {
    const found = new Map<object, FoundComponent>();
    for (const { component, module } of this.#listed) {
      const first = found.get(component);
      if (first) this.#registeredTwice(component, first.module, module);
      else {
        const { provider, role = componentRole(component) } = this.#providers.get(component as Class) ?? {};
        found.set(component, { component, module, provider, role });
      }
    }
    for (const [component, provided] of this.#providers)
      if (!found.has(component) && this.#isOurs(component)) found.set(component, { component, ...provided });
    for (const each of found.values()) this.#check(each);
    this.#refuseHomeless();
    return [...found.values()];
  }

  #isOurs(component: object): boolean {
    if (this.#listedElsewhere.has(component)) return false;
    return this.flow === DEFAULT || (this.flows.length === 1 && this.flows[0] === this.flow);
  }

  #addFeatures(module: NestModule): void {
    const features = module.providers.get(FEATURES)?.instance as Features | undefined;
    if (!features) return;
    this.features.add(features);
    const name = importerOf(features, this.modules);
    for (const component of features.list) {
      if (features.flow === this.flow) this.#listed.push({ component, module: name });
      else this.#listedElsewhere.add(component);
    }
  }

  /** A class that a factory or an alias stands for as well is one component: that of its own provider. */
  #addProvider(provider: NestProvider, { name }: NestModule): void {
    if (provider.isAlias) return;
    // A test may put another class in the place of one with handlers.
    const types = [...new Set<unknown>([provider.token, provider.metatype])].filter(each => typeof each === 'function');
    const found = types.map(type => ({ type: type as Class, role: componentRole(type) })).find(({ role }) => role);
    if (!found?.role) return;
    const { type, role } = found;
    const known = this.#providers.get(type);
    if (known && known.provider.token === type && provider.token === type && this.flow === this.flows[0])
      this.faults.push(
        `${type.name} is a provider of ${known.module} and of ${name}, so Nest creates it twice. Keep one of them; export it where the other module needs it.`,
      );
    if (!known || (known.provider.token !== type && provider.token === type))
      this.#providers.set(type, { provider, module: name, role });
  }

  #refuseController(type: unknown, { name }: NestModule): void {
    if (typeof type === 'function' && componentRole(type) !== undefined && this.flow === this.flows[0])
      this.faults.push(
        `${type.name}, a controller of ${name}, has handlers of messages, which are found among providers only. Move them to a provider.`,
      );
  }

  /** Without a default flow, and with more than one, a provider belongs to none by itself. */
  #refuseHomeless(): void {
    if (this.flow !== this.flows[0] || this.flows.length === 1 || this.flows.includes(DEFAULT)) return;
    const listed = new Set([...this.#listed.map(({ component }) => component), ...this.#listedElsewhere]);
    for (const [type, { module }] of this.#providers)
      if (!listed.has(type))
        this.faults.push(
          `${type.name}, a provider of ${module}, belongs to none of the flows ${this.flows.map(name => `'${name}'`).join(', ')}. List it for one of them: EventualityModule.forFeature([${type.name}], '${this.flow}').`,
        );
  }

  #check(found: FoundComponent): void {
    const { component, module, provider } = found;
    if (found.role === undefined)
      this.faults.push(
        `${nameOf(component)}, which ${module} lists in forFeature, is no component: give aggregates, projections, process managers, events and upcasters.`,
      );
    else if (hasInstance(found) && !provider)
      this.faults.push(
        `${nameOf(component)}, which ${module} lists in forFeature, is in no module's providers, so Nest does not create it. Add it to the providers of ${module}.`,
      );
  }

  #registeredTwice(component: object, first: string, second: string): void {
    this.faults.push(
      first === second
        ? `${first} lists ${nameOf(component)} twice in forFeature. Remove one of them.`
        : `${first} and ${second} both list ${nameOf(component)} in forFeature. Keep one: what it provides can be injected everywhere.`,
    );
  }
}

/** Names a component for a message. */
export function nameOf(component: unknown): string {
  const name = (component as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : String(component);
}

/** Every module imports a global one: which has listed it, is in what its decorator says. */
export function importerOf(features: Features, modules: Pick<ModulesContainer, 'values'>): string {
  const imported = (each: unknown): boolean =>
    (each as DynamicModule | undefined)?.providers?.some(
      provider => (provider as { readonly useValue?: unknown }).useValue === features,
    ) ?? false;
  for (const { metatype, name } of modules.values())
    if ((Reflect.getMetadata('imports', metatype) as unknown[] | undefined)?.some(imported)) return name;
  return 'a dynamic module';
}
