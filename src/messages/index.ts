export { BaseEventHandledError, baseEventFault, missedBase } from './base-event';
export { BundledNameError, bundledName, stableNameAdvice } from './bundled-names';
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
export { commandFingerprint, messageFingerprint } from './command-identity';
export type { CommandContext, EventContext, MessageContext, QueryContext } from './contexts';
export { projectionReferences, refuseDispatchOptions } from './dispatch-checks';
export { DispatchedCommands } from './dispatched-commands';
export { EventualityError, listed } from './errors';
export { classOfPayload, EventType, eventTypeOf, NewerEventError, type SealedEvent } from './event-type';
export {
  type FailureContext,
  type FailureReporting,
  type FollowerFailure,
  type InlineProjectionFailure,
  type ListenerFailure,
  type OnError,
  reportFailure,
  tellHook,
} from './failure';
export { FollowingIds } from './following-ids';
export { HANDLING, isWithinHandler } from './handling-frame';
export { hiddenFields } from './hidden-fields';
export { derivedId, newId } from './ids';
export type { InheritedEntries } from './inherited-metadata';
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
  aRetry,
  aSignal,
  aTimeout,
  aVersion,
  checkedElsewhere,
  either,
  inheritedNames,
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
export { ownFolder, ownRequire } from './own-file';
export { isStorableText, sealPayload } from './payload';
export { isPlainEvent, type PlainEvent, plainEvent, refusePlainEvent } from './plain-event';
export { isPlainObject } from './plain-object';
export { Query, type ResultOf } from './query';
export type { EventMarks, EventMetadata, RecordedEvent } from './recorded-event';
export { pauseAfter, type RetryRule } from './retry-rule';
export { shownPath, shownText, shownValue, shownWithKeys, shownWithType } from './shown';
export { namesOnStack } from './stack-names';
export { knownNames, nearest } from './suggestion';
export { thrownMessage, thrownText } from './thrown-text';
export { isNative, refuseHidden, UnstorableValueError } from './unstorable';
