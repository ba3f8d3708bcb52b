export {
  appendMetadata,
  type ClassReference,
  inheritedMetadata,
  metadataKey,
  metadataLists,
  ownMetadata,
  setMetadata,
} from './class-metadata';
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
export { projectionReferences, refuseDispatchOptions } from './dispatch-checks';
export { EventualityError, listed } from './errors';
export { EventType, eventTypeOf, type SealedEvent } from './event-type';
export {
  type FailureContext,
  type FailureReporting,
  type FollowerFailure,
  type InlineProjectionFailure,
  type ListenerFailure,
  type OnError,
  reportFailure,
} from './failure';
export { derivedId, newId } from './ids';
export type { IsAny } from './is-any';
export { jsonable, jsonOf } from './json';
export { consoleLogger, type Logger } from './logger';
export { isName, LONGEST_NAME, NAMES } from './name-text';
export {
  type EventCodec,
  type EventOptions,
  MESSAGE,
  messageMetadata,
  messageName,
  UnnamedMessageError,
} from './names';
export {
  aBoolean,
  aClock,
  aDelay,
  aFunction,
  aLogger,
  aName,
  aPosition,
  aSignal,
  aTimeout,
  aVersion,
  checkedElsewhere,
  either,
  integer,
  isFunction,
  listOf,
  mapOf,
  metadataEntries,
  oneOf,
  withMethods,
} from './option-checks';
export {
  type Check,
  InvalidOptionsError,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  options,
  refuseOptions,
} from './options';
export { isStorableText, sealPayload, UnstorableValueError } from './payload';
export { isPlainEvent, type PlainEvent, plainEvent, refusePlainEvent } from './plain-event';
export { isPlainObject } from './plain-object';
export { Query, type ResultOf } from './query';
export type { EventMetadata, RecordedEvent } from './recorded-event';
export { shownText, shownValue, shownWithType } from './shown';
export { knownNames, nearest } from './suggestion';
