export { checkAppends, isExpected, LONGEST_NAME, storePage, streamPage } from './checks';
export { CustomEventStore, type EventStoreParts } from './custom-event-store';
export {
  ConcurrencyError,
  DuplicateEventError,
  InvalidAppendError,
  InvalidPageError,
  PayloadTooLargeError,
  StoreClosedError,
} from './errors';
export {
  type AppendOutcome,
  type Conflict,
  type EventStore,
  type ExpectedVersion,
  type NewEvent,
  PAGE_LIMIT,
  type StorePage,
  type StreamAppend,
  type StreamName,
  type StreamPage,
  type SubscribeOptions,
} from './event-store';
export { InMemoryEventStore } from './in-memory-event-store';
export { InMemorySnapshotStore } from './in-memory-snapshot-store';
export { recordEvent, recordedMetadata } from './record-event';
export type { NewSnapshot, Snapshot, SnapshotStore } from './snapshot-store';
export { Subscription, type SubscriptionSource } from './subscription';
