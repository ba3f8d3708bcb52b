import type { DynamicModule, InjectionToken, OptionalFactoryDependency, Type } from '@nestjs/common';
import type { BootstrapOptions } from '../..';

/**
 * Options of a flow in a Nest application: those of `bootstrap`, except for what Nest does itself. Events are kept in
 * memory unless an `eventStore` is given; the flow closes it when the application shuts down.
 */
export type EventualityOptions = Omit<BootstrapOptions, 'container'>;

/** Options of `EventualityModule.forRoot`. */
export interface EventualityRootOptions extends EventualityOptions {
  /** The name of the flow, for an application with several; default `'default'`. */
  readonly name?: string;
}

/** Creates the options of a flow: a provider of your own, for `useClass` and `useExisting`. */
export interface EventualityOptionsFactory {
  createEventualityOptions(): EventualityOptions | Promise<EventualityOptions>;
}

/** Options of `EventualityModule.forRootAsync`; exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface EventualityAsyncOptions {
  /** The name of the flow, for an application with several; default `'default'`. */
  readonly name?: string;
  /** The modules whose providers the factory needs. */
  readonly imports?: DynamicModule['imports'];
  /** The providers that `useFactory` is called with. */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  readonly useFactory?: (...injected: any[]) => EventualityOptions | Promise<EventualityOptions>;
  readonly useClass?: Type<EventualityOptionsFactory>;
  readonly useExisting?: InjectionToken;
}

/** What a module lists in `EventualityModule.forFeature`: classes and definitions. */
export type Feature = object;
