import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { EventIdProvider } from '@nestjs/cqrs';
import type { PostgresClient } from '../../../adapters/postgres';
import { WiringError } from '../../../errors';
import { type EventStore, Flow } from '../../../index';
import type { EventProcessors } from '../../../operations';
import { NestLogger } from '../nest-logger';
import { NoForeignTransactionsError } from './errors';
import { CommittedEvents } from './events/committed-events';
import { EventClasses } from './events/event-classes';
import { EventInstances } from './events/event-instances';
import { EventLog } from './events/event-log';
import { StoringPublisher } from './events/storing-publisher';
import { Transaction, Transactions } from './events/transactions';
import { Failures } from './failures';
import { type EventualityCqrsOptions, OPTIONS } from './options';
import { handlerReactor } from './processors/handler-reactor';
import { type FollowingSaga, followingSaga } from './processors/saga-reactor';
import type { Surroundings } from './processors/surroundings';
import { type Wiring, type Wrapper, wiringOf } from './wiring/wiring';
import { wiringFaults } from './wiring/wiring-faults';

const CLOSE_TIMEOUT_MS = 5000;

/** A store that appends in a transaction of the caller. */
interface Transactional {
  within(client: PostgresClient): Pick<EventStore, 'append'>;
}

/** What @nestjs/cqrs publishes in this application: stored first, then handed to its handlers and sagas. */
@Injectable()
export class DurableEvents implements OnModuleInit, OnApplicationShutdown {
  readonly #transactions = new Transactions();
  readonly #instances = new EventInstances();
  readonly #failures: Failures;
  readonly #committed: CommittedEvents;
  #sagas: readonly FollowingSaga[] = [];
  #flow: Flow | undefined;
  #log: EventLog | undefined;

  constructor(
    @Inject(OPTIONS) private readonly options: EventualityCqrsOptions,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {
    const { eventStore, logger = new NestLogger(), onError } = options;
    this.#failures = new Failures(logger, onError, eventStore);
    this.#committed = new CommittedEvents(eventStore, error =>
      this.#failures.report(error, 'Subscribers are not told of events that were stored in your transactions.'),
    );
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
    const store = this.options.eventStore as EventStore & Partial<Transactional>;
    if (typeof store.within !== 'function') throw new NoForeignTransactionsError(store.constructor.name);
    const inside = store.within(client);
    return this.#transactions.within(new Transaction((...given) => inside.append(...given)), work);
  }

  /** Called by Nest. @throws WiringError with all faults; errors of the store */
  async onModuleInit(): Promise<void> {
    const wiring = wiringOf(this.modules);
    const events = new Set([
      ...wiring.handlers.flatMap(handler => handler.events),
      ...(this.options.events ?? []),
      ...wiring.named,
    ]);
    const faults = wiringFaults(wiring, events);
    if (faults.length > 0) throw new WiringError(faults);
    this.#flow = this.#flowOf(wiring, events);
    // From here on events are news to handlers and sagas, also where another process is to call them.
    await this.#prepared(this.#flow);
    this.#log = this.#logOf(wiring, events);
    this.#takeOver(wiring);
  }

  /** Waits for handlers of what this process has published, while what they use is still there. @internal */
  async drain(): Promise<void> {
    if (!this.#flow || !this.#log) return;
    await this.#log.idle();
    const { follow = true, closeTimeout: timeout = CLOSE_TIMEOUT_MS } = this.options;
    // What is late is handled by another process, or after the next start.
    if (follow) await this.#flow.waitFor(this.#log.last, { timeout }).catch(() => undefined);
    await this.#flow.processors.close();
    for (const saga of this.#sagas) saga.close();
  }

  /** Called by Nest. */
  async onApplicationShutdown(): Promise<void> {
    await this.#log?.idle();
    await this.#committed.close();
    await this.#flow?.close();
  }

  async #prepared(flow: Flow): Promise<void> {
    try {
      await flow.processors.prepare();
    } catch (error) {
      await flow.close();
      throw error;
    }
  }

  #flowOf(wiring: Wiring, events: ReadonlySet<Type>): Flow {
    const { eventStore, logger = new NestLogger(), onError } = this.options;
    const surroundings = this.#surroundings(wiring);
    const handlers = wiring.handlers.map(place =>
      handlerReactor(place, handledBy(place.events, events, wiring), surroundings),
    );
    this.#sagas = events.size > 0 ? wiring.sagas.map(place => followingSaga(place, events, surroundings)) : [];
    const processors = [...handlers, ...this.#sagas.map(({ definition }) => definition)];
    const parts = { eventStore, processors, events: [...events], logger, ...(onError && { onError }) };
    return new Flow({ ...parts, follow: 'later' });
  }

  #surroundings({ commandBus, exceptions }: Wiring): Surroundings {
    const { following = {} } = this.options;
    return {
      ...{ moduleRef: this.moduleRef, commandBus, exceptions, following },
      ...{ instances: this.#instances, transactions: this.#transactions, failures: this.#failures },
    };
  }

  #logOf(wiring: Wiring, events: ReadonlySet<Type>): EventLog {
    const { sequenceOf, eventStore } = this.options;
    const sagas = wiring.sagas.map(({ name }) => name);
    const isHandled = (type: Type): boolean => idOf(type, wiring) !== null;
    return new EventLog({
      append: appends => eventStore.append(appends),
      classes: new EventClasses({ events, sagas, isHandled }),
      ...{ instances: this.#instances, transactions: this.#transactions },
      ...{ committed: this.#committed, failures: this.#failures, ...(sequenceOf && { sequenceOf }) },
    });
  }

  /** From here on the buses store what they publish, and leave handlers and sagas to the flow. */
  #takeOver({ buses, handlers }: Wiring): void {
    const known = new Set<unknown>(handlers.map(({ wrapper }) => wrapper.instance));
    const waiting = new Set(buses);
    for (const bus of buses) {
      bus.publisher = new StoringPublisher(this.#log!, bus.publisher);
      bus.register = (wrappers = []) => refuseUnknown(wrappers, known);
      // The last that @nestjs/cqrs does at the start: by then the handlers of commands are registered.
      bus.registerSagas = () => {
        waiting.delete(bus);
        if (waiting.size === 0) this.#begin();
      };
    }
  }

  #begin(): void {
    if (this.options.follow === false) return;
    for (const saga of this.#sagas) saga.begin();
    const failed = (error: unknown): void =>
      this.#failures.report(error, 'Handlers and sagas could not start at once; they are tried again.');
    this.#flow!.processors.ready().catch(failed);
  }
}

/** The classes of events that @nestjs/cqrs hands to a handler: also those that extend one of its own. */
const handledBy = (own: readonly Type[], events: ReadonlySet<Type>, wiring: Wiring): Type[] => {
  const ids = new Set(own.map(type => idOf(type, wiring)));
  return [...events].filter(type => own.includes(type) || (idOf(type, wiring) !== null && ids.has(idOf(type, wiring))));
};

/** The id by which a bus finds the handlers of an event; its options can replace the rule. */
const idOf = (type: Type, { buses }: Wiring): string | null =>
  (Reflect.get(buses[0]!, 'eventIdProvider') as EventIdProvider).getEventId(type);

function refuseUnknown(wrappers: readonly Wrapper[], known: ReadonlySet<unknown>): void {
  const unknown = wrappers.filter(({ instance }) => !known.has(instance)).map(({ name }) => String(name));
  if (unknown.length > 0)
    throw new WiringError([
      `${unknown.join(', ')} is registered with the EventBus, but was not found among the providers when the application started, so it would get no stored event. ` +
        'List it among the providers of a module.',
    ]);
}
