import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { CommandBus, ICommand, IEvent, UnhandledExceptionBus } from '@nestjs/cqrs';
import {
  defineReactor,
  type EventProcessorDefinition,
  type ReactorContext,
  type RecordedEvent,
} from '../../../../index';
import { eventTypeOf } from '../../../../store-kit';
import type { DurableOptions } from '../durable';
import type { EventInstances } from '../events/event-instances';
import type { Transactions } from '../events/transactions';
import type { Failures } from '../failures';
import type { FollowingOptions } from '../options';

/** What handlers and sagas need. */
export interface Surroundings {
  readonly moduleRef: ModuleRef;
  readonly commandBus: CommandBus | undefined;
  readonly exceptions: readonly UnhandledExceptionBus[];
  readonly instances: EventInstances;
  readonly transactions: Transactions;
  readonly failures: Failures;
  readonly following: FollowingOptions;
}

/** Publishes an exception on the buses for those that nothing handles. */
export function publishUnhandled(
  cause: IEvent | ICommand,
  exception: unknown,
  { exceptions, failures }: Surroundings,
): void {
  for (const bus of exceptions) {
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
  { instances, transactions, following }: Surroundings,
): EventProcessorDefinition {
  const { name: _, perEvent, ...own } = options;
  const handler =
    (type: Type) =>
    (_payload: object, { event }: ReactorContext): Promise<void> =>
      transactions.outside(() => handle(instances.revived(event, type), event));
  const on = Object.fromEntries(Array.from(events, type => [eventTypeOf(type).name, handler(type)]));
  return defineReactor({ ...following, ...own, name, on });
}
