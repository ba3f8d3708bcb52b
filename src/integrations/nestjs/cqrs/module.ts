import { type DynamicModule, Inject, Module, type OnModuleDestroy, type Provider, type Type } from '@nestjs/common';
import { InvalidOptionsError } from '../../../errors';
import { extensionToken } from '../flow-extension';
import { flowNameOf, refuseNoList, refuseNoObject } from '../option-faults';
import { DurableEvents } from './durable-events';
import { type EventualityCqrsAsyncOptions, type EventualityCqrsRootOptions, FLOW, OPTIONS } from './options';
import { NamedEvents } from './wiring/wiring';

/** Starts before all modules that are not global, and ends after them. */
@Module({})
class DurableEventsModule {}

/** Holds the events that a feature module names. */
@Module({})
class NamedEventsModule {}

/**
 * Keeps @nestjs/cqrs, and lets it lose no event: what its buses publish is stored first, and then handed to its
 * handlers and sagas by checkpoint. Import it once, beside `CqrsModule`. Without an `eventStore` it takes part in the
 * flow of `EventualityModule`: messages of either reach the handlers of the other.
 * @example imports: [CqrsModule.forRoot(), EventualityCqrsModule.forRoot({ eventStore })]
 */
@Module({})
export class EventualityCqrsModule implements OnModuleDestroy {
  constructor(@Inject(DurableEvents) private readonly events: DurableEvents) {}

  /** @throws InvalidOptionsError, here or when the application starts */
  static forRoot(given: EventualityCqrsRootOptions = {}): DynamicModule {
    const what = 'EventualityCqrsModule.forRoot';
    refuseNoObject(what, given);
    const { flow, ...options } = given;
    return rootModule(flowNameOf(what, 'flow', flow), [{ provide: OPTIONS, useValue: options }]);
  }

  /** As `forRoot`, with options that depend on providers. `flow` stands outside of the factory. */
  static forRootAsync(given: EventualityCqrsAsyncOptions): DynamicModule {
    const what = 'EventualityCqrsModule.forRootAsync';
    refuseNoObject(what, given);
    const { flow, imports = [], inject = [], useFactory } = given;
    if (typeof useFactory !== 'function')
      throw new InvalidOptionsError(what, [`useFactory is ${String(useFactory)}; it must be a function.`]);
    return rootModule(flowNameOf(what, 'flow', flow), [{ provide: OPTIONS, inject, useFactory }], imports);
  }

  /**
   * Names the events of a module that no `@EventsHandler` names: those that only sagas follow.
   * @throws InvalidOptionsError for what is no list, or has undefined in it
   */
  static forFeature(events: readonly Type[]): DynamicModule {
    refuseNoList('EventualityCqrsModule.forFeature', events, 'classes of events');
    const named = new NamedEvents(events);
    return { module: NamedEventsModule, providers: [{ provide: NamedEvents, useValue: named }] };
  }

  /** Called by Nest. */
  onModuleDestroy(): Promise<void> {
    return this.events.drain();
  }
}

const rootModule = (flow: string, options: Provider[], imports: DynamicModule['imports'] = []): DynamicModule => ({
  module: EventualityCqrsModule,
  imports: [
    {
      module: DurableEventsModule,
      global: true,
      imports,
      providers: [
        ...options,
        { provide: FLOW, useValue: flow },
        DurableEvents,
        { provide: extensionToken(flow), useExisting: DurableEvents },
      ],
      exports: [DurableEvents, extensionToken(flow)],
    },
  ],
});
