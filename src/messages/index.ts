export { BaseEventHandledError, baseEventFault, missedBase } from './base-event';
export {
  appendMetadata,
  type ClassReference,
  inheritedMetadata,
  metadataKey,
  metadataLists,
  ownMetadata,
  setMetadata,
} from './class-metadata';
export { isOrExtends, MessageClassMismatchError } from './class-mismatch';
export { type Clock, isoTime, systemClock } from './clock';
export {
  CommandMessage,
  type CommandOutcome,
  type DispatchOptions,
  isPlainMessage,
  type MessageCause,
  type PlainMessage,
  type ProjectionReference,
} from './command';
export type { CommandContext, EventContext, MessageContext, QueryContext } from './contexts';
export { EventualityError, listed } from './errors';
export { classOfPayload, EventType, eventTypeOf, NewerEventError, type SealedEvent } from './event-type';
export { derivedId, newId } from './ids';
export type { InheritedEntries } from './inherited-metadata';
export { consoleLogger, type Logger } from './logger';
export {
  type EventCodec,
  type EventOptions,
  MESSAGE,
  messageMetadata,
  messageName,
  UnnamedMessageError,
} from './names';
export { isStorableText, sealPayload, UnstorableValueError } from './payload';
export { isPlainEvent, type PlainEvent, plainEvent } from './plain-event';
export { Query, type ResultOf } from './query';
export type { EventMarks, EventMetadata, RecordedEvent } from './recorded-event';
export { knownNames, nearest } from './suggestion';
