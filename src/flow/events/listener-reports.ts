import { type FailureContext, reportFailure, tellHook } from '../../messages';
import { ListenerTimeoutError } from '../errors';
import type { EventBusOptions } from './event-bus-options';
import type { EventListener } from './event-listener';
import type { Delivery, ListenerQueue } from './listener-queue';

/**
 * Reports failures of listeners to the logger and the hooks: those of the bus, and those of the publisher of the event.
 */
export class ListenerReports {
  constructor(private readonly options: EventBusOptions) {}

  failed(error: unknown, { listener, event, contexts }: Delivery, consequence?: string): void {
    const failure: FailureContext = { kind: 'listener', name: nameOf(listener), event };
    reportFailure(error, failure, this.options, consequence);
    if (contexts.onError && contexts.onError !== this.options.onError) tellHook(contexts.onError, error, failure);
  }

  /** Reports a listener that has not returned in time. */
  leftBehind({ waiting }: ListenerQueue, delivery: Delivery, timeout: number): void {
    const error = new ListenerTimeoutError(nameOf(delivery.listener), delivery.event, timeout, waiting);
    this.failed(error, delivery, 'it is not waited for any longer');
  }
}

const nameOf = ({ name }: EventListener): string =>
  typeof name === 'string' && name !== '' ? name : 'a function without a name';
