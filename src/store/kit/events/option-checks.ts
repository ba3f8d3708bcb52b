import {
  aSignal,
  checkedElsewhere,
  must,
  needed,
  type OptionChecks,
  options,
  refuseArguments,
  refuseOptions,
  withMethods,
} from '../../../messages';
import type { SubscribeOptions } from '../../ports/event-store';
import type { StreamName } from '../../ports/stream-name';
import type { StorePage, StreamPage } from './event-pages';

/** A store for events. */
export const anEventStore = withMethods(
  ['append', 'read', 'readAll', 'subscribe', 'close'],
  'give an EventStore, such as new InMemoryEventStore()',
);

/** A store for snapshots. */
export const aSnapshotStore = withMethods(
  ['load', 'save', 'delete'],
  'give a SnapshotStore, such as new InMemorySnapshotStore()',
);

const text = needed(must('text', value => typeof value === 'string'));
const STREAM: OptionChecks<StreamName> = { aggregateName: text, aggregateId: text };
const aStream = options(STREAM, '{ aggregateName, aggregateId }');
const STREAM_PAGE: OptionChecks<StreamPage> = { from: checkedElsewhere, limit: checkedElsewhere, signal: aSignal };
const STORE_PAGE: OptionChecks<StorePage> = { after: checkedElsewhere, limit: checkedElsewhere, signal: aSignal };
const SUBSCRIBE: OptionChecks<SubscribeOptions> = { after: checkedElsewhere, signal: aSignal };

/** Refuses what is no name of a stream. @throws InvalidOptionsError */
export const refuseStream = (stream: StreamName): void => refuseArguments('read', { stream: [stream, aStream] });

/** Refuses what is no page of a stream; the numbers are not looked at. @throws InvalidOptionsError */
export const refuseStreamPage = (page: StreamPage): void => refuseOptions('read', page, STREAM_PAGE);

/** Refuses what is no page of a store; the numbers are not looked at. @throws InvalidOptionsError */
export const refuseStorePage = (page: StorePage): void => refuseOptions('readAll', page, STORE_PAGE);

/** Refuses options that a subscription does not have. It does not check the position. @throws InvalidOptionsError */
export const refuseSubscribeOptions = (options: SubscribeOptions): void =>
  refuseOptions('subscribe', options, SUBSCRIBE);
