import type { Token } from 'eventuality';
import type { ContainerAdapter, Registration } from 'eventuality/container';

/** A container written by hand: a Map, and for classes the tokens of their constructor in a static list. */
export class MapContainer implements ContainerAdapter {
  readonly registrations = new Map<Token, Registration>();
  readonly #made = new Map<Token, unknown>();

  constructor(private readonly parent?: MapContainer) {}

  register<T>(token: Token<T>, registration: Registration<T>): void {
    this.registrations.set(token, registration);
  }

  has(token: Token): boolean {
    return this.registrations.has(token) || (this.parent?.has(token) ?? false);
  }

  resolve<T>(token: Token<T>, scope: MapContainer = this): T {
    const registration = this.registrations.get(token);
    if (!registration && this.parent) return this.parent.resolve(token, scope);
    if (!registration) throw new Error(`There is no registration of ${String(token)}.`);
    if ('useValue' in registration) return registration.useValue;
    if ('useFactory' in registration) return registration.useFactory(scope);
    if (!registration.singleton) return scope.#make(registration.useClass) as T;
    if (!this.#made.has(token)) this.#made.set(token, this.#make(registration.useClass));
    return this.#made.get(token) as T;
  }

  createScope(): MapContainer {
    return new MapContainer(this);
  }

  #make(type: (new (...args: any[]) => unknown) & { readonly tokens?: readonly Token[] }): unknown {
    return new type(...(type.tokens ?? []).map(token => this.resolve(token)));
  }
}
