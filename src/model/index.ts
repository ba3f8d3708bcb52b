export type {
  AggregateDefinition,
  CommandRule,
  Decision,
} from './aggregate-definition';
export { AggregateInstance, INSTANCE } from './aggregate-instance';
export { type AggregateClass, definitionOf, inspectAggregate, isAggregateClass } from './classes/aggregate-class';
export { AggregateRoot, type EventsOf } from './classes/aggregate-root';
export { isClassType, parameterLabel } from './classes/constructor-parameters';
export {
  AGGREGATE,
  type AggregateOptions,
  COMMAND_HANDLERS,
  type CommandHandlerOptions,
  DEADLINE_HANDLERS,
  END_HANDLERS,
  EVENT_HANDLERS,
  type FoundHandler,
  type HandlerMetadata,
  handlersOf,
  QUERY_HANDLERS,
  READ_MODEL_INJECTIONS,
  REJECTED_HANDLERS,
  REPLAY_HANDLERS,
  REPOSITORY_INJECTIONS,
  START_HANDLERS,
} from './classes/handler-metadata';
export type { ForeignEvents } from './classes/own-events';
export { definitionFaults } from './definition-checks';
export {
  AggregateAlreadyExistsError,
  AggregateNotFoundError,
  ForeignEventError,
  InvalidAggregateError,
  InvalidDecisionError,
  MissingAggregateIdError,
  SnapshotRefusedError,
  UndeclaredEventError,
} from './errors';
export { eventReaderOf } from './event-reader-of';
export {
  defineAggregate,
  type PlainAggregate,
  type PlainAggregateDefinition,
} from './plain/define-aggregate';
export { sealEvent } from './seal-event';
export type { SnapshotOptions, SnapshotRule } from './snapshots/snapshot-rule';
export { decodeState, encodeState } from './snapshots/state-codec';
