import type { RecordedEvent } from '../envelopes/recorded-event';

declare const CURRENT: unique symbol;

/**
 * A recorded event as handlers get it: under its current name and in its current version. Only `EventReader` makes it,
 * so that no stored event reaches a handler without its steps.
 */
export interface CurrentEvent<Payload extends object = object> extends RecordedEvent<Payload> {
  readonly [CURRENT]: true;
}
