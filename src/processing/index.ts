export {
  defineProjection,
  defineReactor,
  type ProjectionSpecification,
} from './definition/define-projection';
export type {
  Documents,
  EventProcessorDefinition,
  EventProcessorHandler,
  EventProcessorOptions,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionHandler,
  ProjectionMode,
  ProjectionOptions,
  ReactorContext,
  ReadModel,
  ReadModelPage,
  ReadModelQuery,
  ViewOf,
} from './definition/definition';
export { fieldsOf } from './definition/document-fields';
export { eventProcessorFaults, keepsEventProcessors } from './definition/event-processor-checks';
export { InvalidSequenceError } from './definition/sequence';
export type { ViewFault } from './definition/view-checks';
export {
  InlineProjectionError,
  LateWriteError,
  LiveProjectionError,
  LiveReadModelTooLargeError,
  NothingStoredError,
  OtherIndexesError,
  ProcessorKindError,
  UnknownProjectionError,
  WaitTimeoutError,
} from './errors';
export {
  NothingToRebuildError,
  RebuildCancelledError,
  SequenceByChangedError,
  StatusTimeoutError,
  VersionsLostError,
} from './event-processor-errors';
export { EventProcessors } from './event-processors';
export { BufferedDocuments } from './handling/buffered-documents';
export { DependencyTracker } from './handling/dependency-tracker';
export { HandlerInvoker } from './handling/handler-invoker';
export { isError } from './handling/thrown';
export { InlineEventStore } from './inline/inline-event-store';
export type {
  PendingDeadline,
  ProcessHistory,
  ProcessStep,
  ProcessStepCommand,
} from './processes/administration/process-history';
export {
  type ProcessInstance,
  type ProcessInstancePage,
  ProcessManagers,
  type ProcessQuery,
} from './processes/administration/process-managers';
export type { CommandReference, UnlistedCommand } from './processes/definition/command-references';
export { cancel, deadline, end, isDecision, type ProcessDecision, send } from './processes/definition/decisions';
export { defineProcess, type ProcessSpecification, processorOptions } from './processes/definition/define-process';
export type {
  Deadline,
  ProcessContext,
  ProcessDecisions,
  ProcessDefinition,
  ProcessOptions,
  RejectionContext,
  RejectionReason,
} from './processes/definition/definition';
export { isProcess } from './processes/definition/definition';
export {
  CommandRejectedError,
  InvalidCorrelationError,
  InvalidProcessDecisionError,
  RefoldError,
  UnexpectedEventError,
  UnknownProcessError,
} from './processes/definition/errors';
export { unhandledCommandFaults } from './processes/definition/sent-commands';
export { stateFields, withCodecs } from './processes/definition/state-fields';
export { dueTime } from './processes/turns/due-time';
export { type ProcessTurnInput, type StoredCommand, storedCommand, timeOf } from './processes/turns/inputs';
export { type Handled, type InstanceName, ProcessHandlers } from './processes/turns/process-handlers';
export { ProcessRehearsal, type Rehearsed, type RehearsedCommand } from './processes/turns/rehearsal';
export { ProcessEngine } from './processes/work/engine';
export type { ProcessCommands } from './processes/work/process-commands';
export type { Occurrence, RecurringOptions } from './schedule/recurrence';
export type { Schedule } from './schedule/schedule';
export { scheduleDefinition } from './schedule/schedule-definition';
export type {
  EventProcessor,
  EventProcessorStatus,
  Health,
  LastErrorStatus,
  Rebuild,
  RebuildProgress,
  SegmentStatus,
} from './status/status';
export { ActiveVersions, activeOf } from './versions/active-versions';
