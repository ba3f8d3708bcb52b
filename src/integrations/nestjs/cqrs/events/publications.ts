import type { Type } from '@nestjs/common';
import { AsyncContext, type EventBus, type IEventPublisher } from '@nestjs/cqrs';
import type { EventStore, RecordedEvent } from '../../../../index';
import { requestEntries } from '../../actor';
import { FlowContext } from '../bridge/flow-context';
import type { MessageScopes } from '../bridge/message-scopes';
import type { EventualityCqrsOptions } from '../options';
import { idOf } from '../processors/followers';
import type { Surroundings } from '../processors/surroundings';
import type { Wiring } from '../wiring/wiring';
import { CommittedEvents } from './committed-events';
import { EventClasses } from './event-classes';
import { EventLog } from './event-log';
import { StoringPublisher } from './storing-publisher';

/** What is needed to store what is published. */
export interface PublicationParts
  extends Pick<EventualityCqrsOptions, 'sequenceOf'>,
    Pick<Surroundings, 'instances' | 'publishing' | 'failures' | 'scopes'> {
  readonly eventStore: EventStore;
  readonly wiring: Wiring;
  readonly events: ReadonlySet<Type>;
  readonly recorded: (events: readonly RecordedEvent[]) => void;
}

/** Stores what the buses of an application publish, and tells their subscribers. */
export class Publications {
  readonly log: EventLog;
  /** What the buses published with before: it tells the subscribers in this process. */
  readonly publishers: readonly IEventPublisher[];
  readonly #committed: CommittedEvents;

  constructor({ eventStore, wiring, events, scopes, ...parts }: PublicationParts) {
    const sagas = wiring.sagas.map(({ name }) => name);
    const isHandled = (type: Type): boolean => idOf(type, wiring) !== null;
    this.#committed = new CommittedEvents(eventStore, error =>
      parts.failures.report(error, 'Subscribers are not told of events that were stored in your transactions.'),
    );
    this.log = new EventLog({
      ...parts,
      append: appends => eventStore.append(appends),
      classes: new EventClasses({ events, sagas, isHandled }),
      committed: this.#committed,
      metadataOf: event => metadataOf(event, scopes),
    });
    this.publishers = wiring.buses.map(({ publisher }) => publisher);
    for (const bus of wiring.buses) this.#take(bus, scopes);
  }

  async close(): Promise<void> {
    await this.log.idle();
    await this.#committed.close();
  }

  #take(bus: EventBus, scopes: MessageScopes | undefined): void {
    bus.publisher = new StoringPublisher(this.log, bus.publisher, stored => scopes?.current?.published?.push(stored));
  }
}

/** That of the message whose handler publishes; without one, what the interceptor of requests has found. */
function metadataOf(event: object, scopes: MessageScopes | undefined): FlowContext['metadata'] | undefined {
  const own = AsyncContext.of(event);
  const context = own instanceof FlowContext ? own : scopes?.current?.context;
  return context ? context.metadata : requestEntries();
}
