export { type Clock, isoTime, systemClock } from './clock';
export { BaseEventHandledError, baseEventFault, missedBase } from './envelopes/base-event';
export {
  CommandMessage,
  type CommandOutcome,
  contentOf,
  type DispatchOptions,
  isPlainMessage,
  type MessageCause,
  type PlainMessage,
  type ProjectionReference,
} from './envelopes/command';
export { commandFingerprint, messageFingerprint } from './envelopes/command-identity';
export { failed, succeeded } from './envelopes/command-outcome';
export type {
  CommandContext,
  EventContext,
  MessageContext,
  QueryContext,
  SchedulingContext,
} from './envelopes/contexts';
export { aProjectionReference, projectionReferences, refuseDispatchOptions } from './envelopes/dispatch-checks';
export { DispatchedCommands } from './envelopes/dispatched-commands';
export { FollowingIds } from './envelopes/following-ids';
export type { InheritedEntries } from './envelopes/inherited-metadata';
export { isPlainEvent, type PlainEvent, plainEvent, refusePlainEvent } from './envelopes/plain-event';
export { Query, type ResultOf } from './envelopes/query';
export type { EventMarks, EventMetadata, RecordedEvent } from './envelopes/recorded-event';
export type { ScheduleOptions } from './envelopes/schedule-options';
export { EventualityError, listed } from './faults/errors';
export {
  type FailureContext,
  type FailureReporting,
  type OnError,
  reportAs,
  reportFailure,
  tellHook,
} from './faults/failure';
export { errorMessage, formatError } from './faults/format-error';
export { HANDLING, isWithinHandler } from './faults/handling-frame';
export { shownPath, shownText, shownValue, shownWithKeys, shownWithType } from './faults/shown';
export { derivedId, newId } from './ids';
export type { IsAny } from './is-any';
export { consoleLogger, type Logger } from './logger';
export { BundledNameError, bundledName, stableNameAdvice } from './names/bundled-names';
export {
  appendMetadata,
  type ClassReference,
  inheritedMetadata,
  metadataKey,
  metadataLists,
  ownMetadata,
  setMetadata,
} from './names/class-metadata';
export { isOrExtends, MessageClassMismatchError } from './names/class-mismatch';
export { classOfPayload, EventType, eventTypeOf, NewerEventError, type SealedEvent } from './names/event-type';
export { isName, MAX_NAME_LENGTH, NAMES } from './names/name-text';
export {
  type EventCodec,
  type EventOptions,
  MESSAGE,
  messageMetadata,
  messageName,
  UnnamedMessageError,
} from './names/names';
export { ownFolder, ownRequire } from './names/own-file';
export { namesOnStack } from './names/stack-names';
export { knownNames, nearest } from './names/suggestion';
export { aDuration, type Duration, millisecondsOf } from './options/duration';
export {
  aBoolean,
  aClock,
  aDelay,
  aFunction,
  aLogger,
  aName,
  anId,
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
} from './options/option-checks';
export {
  argumentFaults,
  type Check,
  type CheckedArguments,
  InvalidOptionsError,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  options,
  refuseArguments,
  refuseOptions,
} from './options/options';
export { hiddenFields } from './sealing/hidden-fields';
export { jsonable, jsonOf } from './sealing/json';
export { isStorableText, sealPayload } from './sealing/payload';
export { isPlainObject } from './sealing/plain-object';
export { isNative, refuseHidden, UnstorableValueError } from './sealing/unstorable';
