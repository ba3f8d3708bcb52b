import {
  aSignal,
  type Check,
  checkedElsewhere,
  listOf,
  must,
  needed,
  type OptionChecks,
  oneOf,
  options,
  refuseArguments,
  refuseOptions,
  withMethods,
} from '../../../messages';
import type { SubscribeOptions } from '../../ports/event-store';
import type { StreamName } from '../../ports/stream-name';
import type { EventFilter, LogPage, StorePage, StreamPage, StreamsPage } from './event-pages';

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
const LOG_PAGE: OptionChecks<LogPage> = { after: checkedElsewhere, limit: checkedElsewhere, signal: aSignal };

const someNames: Check = (value, path, faults) => {
  if (Array.isArray(value) && value.length === 0)
    faults.push(`${path} is empty; give one name at least, or leave it out for all events.`);
  else listOf('names', text)(value, path, faults);
};
const FILTER: OptionChecks<EventFilter> = { names: someNames, aggregates: someNames };

const STORE_PAGE: OptionChecks<StorePage> = {
  ...LOG_PAGE,
  ...FILTER,
  upTo: checkedElsewhere,
  direction: oneOf('forward', 'backward'),
};
const aPlace = must(
  'a stream, such as the last one of the page before',
  value => typeof value?.aggregateName === 'string' && typeof value.aggregateId === 'string',
);
const STREAMS_PAGE: OptionChecks<StreamsPage> = { after: aPlace, limit: checkedElsewhere, signal: aSignal };
const SUBSCRIBE: OptionChecks<SubscribeOptions> = { ...FILTER, after: checkedElsewhere, signal: aSignal };

/** Refuses a value that does not name a stream. @throws InvalidOptionsError */
export const refuseStream = (stream: StreamName): void => refuseArguments('read', { stream: [stream, aStream] });

/** Refuses a value that is not a page of a stream; does not check the numbers. @throws InvalidOptionsError */
export const refuseStreamPage = (page: StreamPage): void => refuseOptions('read', page, STREAM_PAGE);

/** Refuses a value that is not a page of a log; does not check the numbers. @throws InvalidOptionsError */
export const refuseLogPage = (page: LogPage): void => refuseOptions('readAll', page, LOG_PAGE);

/** Refuses a value that is not a page of the list of streams; does not check the limit. @throws InvalidOptionsError */
export const refuseStreamsPage = (page: StreamsPage): void => refuseOptions('streams', page, STREAMS_PAGE);

/** Refuses a value that is not a page of a store; does not check the numbers. @throws InvalidOptionsError */
export const refuseStorePage = (page: StorePage): void => refuseOptions('readAll', page, STORE_PAGE);

/** Refuses unknown options of a subscription. Does not check the position. @throws InvalidOptionsError */
export const refuseSubscribeOptions = (options: SubscribeOptions): void =>
  refuseOptions('subscribe', options, SUBSCRIBE);
