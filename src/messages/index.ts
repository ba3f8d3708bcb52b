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
export { type InheritedEntries, inheritedEntries } from './envelopes/inherited-metadata';
export { instanceFrom } from './envelopes/instance-from';
export { isPlainEvent, type PlainEvent, plainEvent, refusePlainEvent, sealedPlainEvent } from './envelopes/plain-event';
export type { Query, ResultOf } from './envelopes/query';
export type { EventMarks, EventMetadata, RecordedEvent } from './envelopes/recorded-event';
export type { ScheduleOptions } from './envelopes/schedule-options';
export type { CurrentEvent } from './events/current-event';
export { type DefineEventOf, defineEvent, type EventDefinition, isEventDefinition } from './events/define-event';
export { EVENT_VERSIONS, versionFaults } from './events/event-option-checks';
export type { EventCodec, EventOptions, StepsFault, StepsFrom, UpcastStep } from './events/event-options';
export { EventReader } from './events/event-reader';
export type { EventShape } from './events/event-shape';
export { classOfPayload, EventType, eventTypeOf } from './events/event-type';
export type { SealedEvent } from './events/sealed-event';
export { InvalidEventsError, MissingUpcasterError, NewerEventError, UpcastFailedError } from './events/upcast-errors';
export {
  anUpcaster,
  as,
  type EventReference,
  eventNameOf,
  eventReferences,
  isUpcaster,
  shapeOf,
  type Upcaster,
  type UpcasterOptions,
  type UpcastPiece,
  type UpcastPieces,
  upcaster,
} from './events/upcaster';
export {
  isUpcasterClass,
  resolvedUpcasters,
  UPCASTERS,
  type UpcasterMetadata,
  upcastersOf,
} from './events/upcaster-classes';
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
export { isName, MAX_NAME_LENGTH, NAMES } from './names/name-text';
export {
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
export {
  InvalidMessageError,
  InvalidPayloadError,
  UnusableSchemaError,
} from './schemas/schema-errors';
export { type AnySchema, aSchema, type SchemaFault, type StandardSchemaV1 } from './schemas/standard-schema';
export { aValidation, refuseInvalidMessage, type Validation } from './schemas/validation';
export { hiddenFields } from './sealing/hidden-fields';
export { jsonable, jsonOf } from './sealing/json';
export { isStorableText, sealPayload } from './sealing/payload';
export { isPlainObject } from './sealing/plain-object';
export { isNative, refuseHidden, UnstorableValueError } from './sealing/unstorable';
export { CodecFailedError } from './values/codec-failed-error';
export { someCodecs } from './values/codecs-check';
export { InvalidValueError } from './values/invalid-value-error';
export { revivedContent, storedContent } from './values/message-fields';
export {
  bigintCodec,
  bytesCodec,
  codecOf,
  dateCodec,
  mapCodec,
  setCodec,
  urlCodec,
} from './values/shipped-codecs';
export {
  type Codecs,
  type FieldCodecFor,
  FieldsCodec,
  type ValueCodec,
  type WrongFields,
} from './values/value-codec';
