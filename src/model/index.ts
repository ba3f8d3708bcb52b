export { type AggregateClass, definitionOf, inspectAggregate, isAggregateClass } from './aggregate-class';
export type {
  AggregateDefinition,
  AggregateHandle,
  CommandRule,
  Creates,
  Decision,
  StateChange,
} from './aggregate-definition';
export { AggregateInstance, INSTANCE } from './aggregate-instance';
export { AggregateRoot, type EventsOf } from './aggregate-root';
export { isClassType, parameterLabel } from './constructor-parameters';
export {
  type AggregateSpecification,
  defineAggregate,
  type PlainAggregate,
  type PlainAggregateDefinition,
  type PlainAggregateThis,
  type PlainCommandHandler,
  type PlainEventHandler,
} from './define-aggregate';
export { definitionFaults } from './definition-checks';
export {
  AggregateAlreadyExistsError,
  AggregateNotFoundError,
  ForeignEventError,
  InvalidAggregateError,
  InvalidDecisionError,
  MissingAggregateIdError,
  SnapshotRefusedError,
} from './errors';
export {
  AGGREGATE,
  type AggregateOptions,
  COMMAND_HANDLERS,
  type CommandHandlerOptions,
  EVENT_HANDLERS,
  type FoundHandler,
  type HandlerMetadata,
  handlersOf,
  QUERY_HANDLERS,
  READ_MODEL_INJECTIONS,
  REPLAY_HANDLERS,
  REPOSITORY_INJECTIONS,
} from './handler-metadata';
export type { ForeignEvents } from './own-events';
export type { SnapshotOptions, SnapshotRule, SnapshotTiming } from './snapshot-rule';
