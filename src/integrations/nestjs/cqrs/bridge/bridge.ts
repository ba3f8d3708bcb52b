import type { Type } from '@nestjs/common';
import type { IEventPublisher } from '@nestjs/cqrs';
import type { Flow, RecordedEvent } from '../../../../index';
import { eventTypeOf } from '../../../../store-kit';
import type { GivenHandler } from '../../flow-extension';
import type { EventInstances } from '../events/event-instances';
import { AGGREGATE_NAME } from '../events/event-log';
import type { MessagePlace, Wiring } from '../wiring/wiring';
import { BridgedBuses } from './bridged-buses';
import { commandHandlers, type Execute, queryHandlers } from './bridged-handlers';
import { ofEvent } from './flow-context';
import { MessageScopes } from './message-scopes';

/** Who is told of what a flow records. */
interface Told {
  readonly publishers: readonly IEventPublisher[];
  readonly events: ReadonlySet<Type>;
  readonly instances: EventInstances;
  readonly unknown: (event: string) => void;
}

/** Connects the buses of @nestjs/cqrs with a flow: messages of either reach the handlers of the other. */
export class Bridge {
  readonly scopes = new MessageScopes();
  #executeCommand: Execute | undefined;
  #executeQuery: Execute | undefined;

  /** The handlers with which the flow reaches those of @nestjs/cqrs. */
  handlersFor(wiring: Wiring): GivenHandler[] {
    return [
      ...commandHandlers(wiring.commandHandlers, (...given) => this.#executeCommand!(...given), this.scopes),
      ...queryHandlers(wiring.queryHandlers, (...given) => this.#executeQuery!(...given), this.scopes),
    ];
  }

  /** Called when the buses exist. */
  connect(flow: Flow, { commandBuses, queryBuses, commandHandlers: commands, queryHandlers: queries }: Wiring): void {
    const own = { commands: namesOf(commands), queries: namesOf(queries) };
    const buses = new BridgedBuses(flow, own, this.scopes);
    this.#executeCommand = commandBuses[0]?.execute.bind(commandBuses[0]);
    this.#executeQuery = queryBuses[0]?.execute.bind(queryBuses[0]);
    for (const bus of commandBuses) buses.takeCommands(bus);
    for (const bus of queryBuses) buses.takeQueries(bus);
  }

  /**
   * Tells the subscribers of event buses what the flow records, as far as its class is known.
   * @param unknown called with the name of each other event, once
   */
  tell(flow: Flow, { publishers, events, instances, unknown }: Told): void {
    const types = new Map(Array.from(events, type => [eventTypeOf(type).name, type]));
    const others = new Set<string>();
    flow.eventBus?.subscribeAll((event, context) => {
      // What was published on an event bus has been heard by its subscribers.
      if (event.aggregateName === AGGREGATE_NAME) return;
      const type = types.get(event.name);
      if (!type && !others.has(event.name)) unknown(event.name);
      if (!type) return void others.add(event.name);
      const asked = ofEvent(context);
      for (const publisher of publishers) publisher.publish(instances.revived(event, type, asked), undefined, asked);
    });
  }

  /** Calls the listeners of the flow, which are no part of the message that is being handled. */
  recorded(flow: Flow, events: readonly RecordedEvent[]): void {
    this.scopes.run(undefined, () => flow.publish(events));
  }
}

const namesOf = (places: readonly MessagePlace[]): Set<string> =>
  new Set(places.map(({ message }) => eventTypeOf(message).name));
