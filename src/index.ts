import 'reflect-metadata';

// What users of the framework write, call, catch and name every day, grouped as docs/api.md is. All error classes are
// in src/errors.ts, and what it takes to write a store is in src/store-kit.ts.

// Decorators.
export {
  Aggregate,
  Command,
  CommandHandler,
  DeadlineHandler,
  Ends,
  Event,
  EventHandler,
  InjectReadModel,
  InjectRepository,
  Module,
  ProcessManager,
  Projection,
  Query,
  QueryHandler,
  Reactor,
  Rejected,
  ReplayHandler,
  Starts,
  Upcaster,
} from './decorators';
export type { MessageOptions, ModuleClass, ModuleOptions, Provider, Token } from './decorators';

// Aggregates.
export { AggregateRoot, defineAggregate } from './model';
export type {
  AggregateDefinition,
  Decision,
  PlainAggregate,
  PlainAggregateDefinition,
  SnapshotOptions,
} from './model';

// Messages, and what handlers get beside them.
export { as, CommandMessage, defineEvent, derivedId, EventReader, jsonOf, newId, upcaster } from './messages';
export { bigintCodec, bytesCodec, codecOf, dateCodec, mapCodec, setCodec, urlCodec } from './messages';
export type {
  Codecs,
  CommandContext,
  CommandOutcome,
  DispatchOptions,
  EventCodec,
  EventContext,
  EventDefinition,
  EventMetadata,
  MessageContext,
  PlainEvent,
  PlainMessage,
  QueryContext,
  RecordedEvent,
  ResultOf,
  ScheduleOptions,
  SchedulingContext,
  StandardSchemaV1,
  UpcastPiece,
  UpcasterOptions,
  UpcastStep,
  ValueCodec,
} from './messages';
export type { HandlerContext } from './commands';
export type { RetryRule } from './concurrency';

// Bootstrap: modules and the container.
export { Application, bootstrap, injectedTokens, readModelToken, repositoryToken, TsyringeAdapter } from './bootstrap';
export type { BootstrapOptions, ContainerAdapter, Making, Registration } from './bootstrap';

// For tools: the command line `eventuality`, and what lists an application's events.
export { eventCatalog } from './bootstrap';
export type { EventCatalog, EventualityConfig } from './bootstrap';

// Flow and its buses: what carries messages.
export { CommandBus, EventBus, Flow, QueryBus } from './flow';
export type { FlowCommandHandler } from './commands';
export type {
  CommandMiddleware,
  EventListener,
  EventListeners,
  EventMiddleware,
  FlowParts,
  QueryHandlerFunction,
  QueryMiddleware,
} from './flow';

// Repositories and stores.
export { Repository } from './repository';
export { exportEvents, importEvents, InMemoryEventStore } from './store';
export type { EventStore, ImportReport } from './store';

// Process managers, and what they decide.
export { cancel, deadline, defineProcess, end, send } from './processing';
export type {
  Deadline,
  ProcessContext,
  ProcessDecision,
  ProcessDecisions,
  PendingDeadline,
  ProcessDefinition,
  ProcessHistory,
  ProcessInstance,
  ProcessInstancePage,
  Occurrence,
  ProcessOptions,
  ProcessQuery,
  ProcessSpecification,
  ProcessStep,
  ProcessStepCommand,
  RejectionContext,
  RecurringOptions,
  RejectionReason,
} from './processing';

// Projections, reactors, and what they make: read models.
export { defineProjection, defineReactor } from './processing';
export type { DeadLetter, ParkedSequence } from './store';
export type {
  Documents,
  EventProcessor,
  EventProcessorDefinition,
  EventProcessors,
  EventProcessorStatus,
  Health,
  LastErrorStatus,
  ProjectionContext,
  ProjectionDefinition,
  ReactorContext,
  ReadModel,
  ReadModelPage,
  ReadModelQuery,
  Rebuild,
  RebuildProgress,
  SegmentStatus,
  ViewOf,
} from './processing';

// Surroundings that can be replaced, and what helps to answer a mistyped name.
export { nearest } from './messages';
export type { Clock, FailureContext, Logger, OnError } from './messages';

// Errors that callers catch every day.
export { EventualityError, InvalidMessageError } from './messages';
export { AggregateAlreadyExistsError, AggregateNotFoundError } from './model';
export { ConcurrencyError } from './store';
export { CommandIdReusedError } from './commands';
export { FlowClosedError } from './flow';
export { WaitTimeoutError } from './processing';
