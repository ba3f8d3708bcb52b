import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, Optional, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { EventBus } from '@nestjs/cqrs';
import type { PostgresClient } from '../../../adapters/postgres';
import { componentEvents } from '../../../container';
import { WiringError } from '../../../errors';
import { type EventStore, Flow } from '../../../index';
import type { EventProcessors } from '../../../operations';
import type { ExtensionParts, FlowExtension } from '../flow-extension';
import { type FoundComponent, nameOf } from '../found-components';
import { leave } from '../leave';
import type { EventualityOptions } from '../module-options';
import { NestLogger } from '../nest-logger';
import { Bridge } from './bridge/bridge';
import { NoForeignTransactionsError } from './errors';
import { EventInstances } from './events/event-instances';
import { Publications } from './events/publications';
import { PublishingScopes, Transaction } from './events/publishing-scopes';
import { Failures } from './failures';
import { type EventualityCqrsOptions, FLOW, OPTIONS, refuseCqrsOptions } from './options';
import { Followers } from './processors/followers';
import type { Surroundings } from './processors/surroundings';
import { foreignOptions, importedTwice, madeLater, refuseUnknown, withoutStore } from './wiring/placement-faults';
import { type EventPlace, type Wiring, wiringOf } from './wiring/wiring';
import { scopedSagas, unreached, wiringFaults } from './wiring/wiring-faults';

const CLOSE_TIMEOUT_MS = 5000;

/** A store that appends in a transaction of the caller. */
interface Transactional {
  within(client: PostgresClient): Pick<EventStore, 'append'>;
}

/** What @nestjs/cqrs publishes in this application: stored first, then handed to its handlers and sagas. */
@Injectable()
export class DurableEvents implements OnModuleInit, OnApplicationShutdown, FlowExtension {
  readonly #publishing = new PublishingScopes();
  readonly #instances = new EventInstances();
  /** With the flow of another module. */
  #bridge: Bridge | undefined;
  /** The options of the store: those of that flow, if it is another module's. */
  #store: Pick<EventualityOptions, 'eventStore' | 'logger' | 'onError' | 'follow'>;
  /** The components of that flow. */
  #places: readonly EventPlace[] = [];
  #wiring: Wiring | undefined;
  #followers: Followers | undefined;
  #flow: Flow | undefined;
  #publications: Publications | undefined;
  /** The event buses whose sagas @nestjs/cqrs has not registered yet: the last that it does at the start. */
  readonly #waiting = new Set<EventBus>();
  #ready: (() => Promise<void>) | undefined;

  constructor(
    @Inject(OPTIONS) private readonly options: EventualityCqrsOptions,
    @Inject(FLOW) private readonly flowName: string,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    // Here so that a bus with options is made before the flow asks it which events its handlers get.
    @Optional() @Inject(EventBus) _bus?: EventBus,
  ) {
    this.#store = options;
  }

  /**
   * The handlers and sagas, by the names of their classes (`Class.method` for a saga): status, retries, what is parked.
   * Undefined until the application has started.
   */
  get processors(): EventProcessors {
    return this.#flow!.processors;
  }

  /**
   * Stores what `work` publishes, also with `commit()` of an aggregate, in the PostgreSQL transaction that is open on
   * your client. Handlers and subscribers get it when you have committed, and never if you roll back.
   * @returns the result of `work`, when everything is stored
   * @throws NoForeignTransactionsError, PostgresTransactionError without an open transaction, whatever `work` throws,
   * and what storing throws: then roll back
   */
  async within<T>(client: PostgresClient, work: () => Promise<T> | T): Promise<T> {
    const store = (this.#store.eventStore ?? this.#flow!.eventStore) as EventStore & Partial<Transactional>;
    if (typeof store.within !== 'function') throw new NoForeignTransactionsError(store.constructor.name);
    const inside = store.within(client);
    return this.#publishing.within(new Transaction((...given) => inside.append(...given)), work);
  }

  /** Called by Nest; with a flow of another module, that calls `created`. @throws WiringError; errors of the store */
  async onModuleInit(): Promise<void> {
    if (this.#bridge) return;
    try {
      await this.#open();
    } catch (error) {
      await leave(this.#flow ?? this.options?.eventStore);
      throw error;
    }
  }

  /** Opens a flow of its own. */
  async #open(): Promise<void> {
    refuseCqrsOptions(this.options);
    const twice = importedTwice(this.modules, DurableEvents);
    if (twice.length > 0) throw new WiringError(twice);
    const { eventStore } = this.options;
    if (!eventStore) throw new WiringError([withoutStore(this.flowName)]);
    const wiring = wiringOf(this.modules);
    const events = this.#eventsOf(wiring);
    const faults = [...wiringFaults(wiring, events), ...scopedSagas(wiring), ...unreached(wiring)];
    if (faults.length > 0) throw new WiringError(faults);
    const { logger = new NestLogger(), onError } = this.options;
    const { definitions } = this.#follow(wiring, events);
    const parts = { eventStore, processors: definitions, events: [...events], logger, ...(onError && { onError }) };
    const flow = new Flow({ ...parts, follow: 'later' });
    // From here on events are news to handlers and sagas, also where another process is to call them.
    this.#flow = flow;
    await flow.processors.prepare();
    this.#connect(flow, wiring, events);
    this.start(flow.processors);
  }

  /** Called by the flow of `EventualityModule`. @internal */
  partsFor(flow: string, options: EventualityOptions, components: readonly FoundComponent[]): ExtensionParts {
    refuseCqrsOptions(this.options);
    this.#bridge = new Bridge();
    this.#store = options ?? {};
    const wrong = [...importedTwice(this.modules, DurableEvents), ...foreignOptions(this.options, flow)];
    const wiring = wiringOf(this.modules);
    this.#places = components.map(placeOf);
    const events = this.#eventsOf(wiring);
    const faults = [...wrong, ...wiringFaults(wiring, events, this.#places)];
    const handlers = this.#bridge.handlersFor(wiring);
    if (faults.length > 0) return { processors: [], events: [], handlers, faults };
    const { definitions: processors } = this.#follow(wiring, events);
    return { processors, events: [...events], handlers, faults };
  }

  /** @internal */
  created(flow: Flow): readonly string[] {
    const wiring = wiringOf(this.modules);
    const faults = [...scopedSagas(wiring), ...madeLater(wiring, this.#wiring!)];
    if (faults.length === 0) this.#connect(flow, wiring, this.#eventsOf(wiring));
    return faults;
  }

  /** @internal */
  start(processors: { ready(): Promise<void> }): void {
    this.#ready = () => processors.ready();
    if (this.#waiting.size === 0) this.#begin();
  }

  /** @internal */
  async stored(): Promise<void> {
    await this.#publications?.log.idle();
  }

  /** Waits for handlers of what this process has published, while what they use is still there. @internal */
  async drain(): Promise<void> {
    if (!this.#flow || !this.#publications) return;
    const { log } = this.#publications;
    await log.idle();
    const { closeTimeout: timeout = CLOSE_TIMEOUT_MS } = this.options;
    // What is late is handled by another process, or after the next start.
    if (this.#follows) await this.#flow.waitFor(log.last, { timeout }).catch(() => undefined);
    // Those of another module go on until it closes its flow, and sagas with them.
    if (this.#bridge) return;
    await this.#flow.processors.close();
    this.#followers?.close();
  }

  /** Called by Nest, when the flow of another module has closed itself. */
  async onApplicationShutdown(): Promise<void> {
    this.#followers?.close();
    await this.#publications?.close();
    if (!this.#bridge) await this.#flow?.close();
  }

  get #follows(): boolean {
    return (this.#store.follow ?? true) !== false;
  }

  #eventsOf({ handlers, named }: Wiring): Set<Type> {
    const places = [...handlers, ...this.#places];
    return new Set([...places.flatMap(place => place.events), ...(this.options.events ?? []), ...named]);
  }

  #follow(wiring: Wiring, events: ReadonlySet<Type>): Followers {
    this.#wiring = wiring;
    this.#followers = new Followers(wiring, events, this.#surroundings());
    return this.#followers;
  }

  #surroundings(): Surroundings {
    const { eventStore, logger = new NestLogger(), onError } = this.#store;
    return {
      moduleRef: this.moduleRef,
      wiring: () => this.#wiring!,
      following: this.options.following ?? {},
      instances: this.#instances,
      publishing: this.#publishing,
      failures: new Failures(logger, onError, eventStore?.constructor.name ?? 'EventStore'),
      scopes: this.#bridge?.scopes,
    };
  }

  /** From here on the buses store what they publish, and leave handlers and sagas to the flow. */
  #connect(flow: Flow, wiring: Wiring, events: ReadonlySet<Type>): void {
    const bridge = this.#bridge;
    this.#wiring = wiring;
    this.#flow = flow;
    this.#publications = new Publications({
      ...this.#surroundings(),
      ...(this.options.sequenceOf && { sequenceOf: this.options.sequenceOf }),
      eventStore: flow.eventStore,
      wiring,
      events,
      recorded: recorded => bridge?.recorded(flow, recorded),
    });
    const known = new Set<unknown>(wiring.handlers.map(({ wrapper }) => wrapper.instance));
    for (const bus of wiring.buses) {
      this.#waiting.add(bus);
      bus.register = (wrappers = []) => refuseUnknown(wrappers, known);
      bus.registerSagas = () => this.#registered(bus);
    }
    bridge?.connect(flow, wiring);
    const { publishers } = this.#publications;
    bridge?.tell(flow, { publishers, events, instances: this.#instances, unknown: event => this.#warnOf(event) });
  }

  #warnOf(event: string): void {
    const sagas = this.#wiring!.sagas.map(({ name }) => name);
    if (sagas.length > 0)
      this.#surroundings().failures.warn(
        `The flow records ${event}, but no class handles it, so the sagas (${sagas.join(', ')}) do not get it. ` +
          `If one follows it, name its class: EventualityCqrsModule.forFeature([${event}]).`,
      );
  }

  #registered(bus: EventBus): void {
    this.#waiting.delete(bus);
    if (this.#waiting.size === 0) this.#begin();
  }

  /** Called when the handlers of commands are registered, and when the flow may start; the later one begins. */
  #begin(): void {
    if (!this.#follows || !this.#ready) return;
    const { failures } = this.#surroundings();
    this.#followers!.begin();
    const failed = (error: unknown): void =>
      failures.report(error, 'Handlers and sagas could not start at once; they are tried again.');
    this.#ready().catch(failed);
  }
}

const placeOf = ({ component, module }: FoundComponent): EventPlace => ({
  type: { name: nameOf(component) },
  module,
  events: componentEvents(component) as readonly Type[],
});
