import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { ICommand, IEvent } from '@nestjs/cqrs';
import {
  defineReactor,
  type EventProcessorDefinition,
  type ReactorContext,
  type RecordedEvent,
} from '../../../../index';
import { eventTypeOf } from '../../../../store-kit';
import { ofEvent } from '../bridge/flow-context';
import type { MessageScopes } from '../bridge/message-scopes';
import type { DurableOptions } from '../durable';
import type { EventInstances } from '../events/event-instances';
import type { PublishingScopes } from '../events/publishing-scopes';
import type { Failures } from '../failures';
import type { FollowingOptions } from '../options';
import type { Wiring } from '../wiring/wiring';

/** What handlers and sagas need. */
export interface Surroundings {
  readonly moduleRef: ModuleRef;
  /** What is found in the application; that of before the handlers were made, until they are. */
  readonly wiring: () => Wiring;
  readonly instances: EventInstances;
  readonly publishing: PublishingScopes;
  readonly failures: Failures;
  readonly following: FollowingOptions;
  /** Where the handlers are those of a flow with others: what they send and publish is caused by the event. */
  readonly scopes: MessageScopes | undefined;
}

/** Publishes an exception on the buses for those that nothing handles. */
export function publishUnhandled(
  cause: IEvent | ICommand,
  exception: unknown,
  { wiring, failures }: Surroundings,
): void {
  for (const bus of wiring().exceptions) {
    try {
      bus.publish({ cause, exception });
    } catch (error) {
      failures.report(error, 'An unhandled exception could not be published.');
    }
  }
}

/** Defines the reactor that hands stored events to a handler or a saga, as instances of their classes. */
export function reactorOf(
  { name, options }: { readonly name: string; readonly options: DurableOptions },
  events: Iterable<Type>,
  handle: (event: object, recorded: RecordedEvent) => Promise<void>,
  { instances, publishing, following, scopes }: Surroundings,
): EventProcessorDefinition {
  const { name: _, perEvent, ...own } = options;
  const handler =
    (type: Type) =>
    (_payload: object, reaction: ReactorContext): Promise<void> => {
      const { event } = reaction;
      const context = scopes && ofEvent(reaction);
      const work = (): Promise<void> => handle(instances.revived(event, type, context), event);
      return publishing.handling(() => (context ? scopes.run({ context }, work) : work()));
    };
  const on = Object.fromEntries(Array.from(events, type => [eventTypeOf(type).name, handler(type)]));
  return defineReactor({ ...following, ...own, name, on });
}
