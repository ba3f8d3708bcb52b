import 'reflect-metadata';

// The model: what a user writes.
export {
  Aggregate,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  InjectReadModel,
  InjectRepository,
  Reactor,
  Module,
  Projection,
  QueryHandler,
  ReplayHandler,
} from './decorators';
export type {
  CommandHandlerDecorator,
  EventHandlerDecorator,
  ModuleClass,
  ModuleOptions,
  Provider,
  QueryHandlerDecorator,
  Token,
} from './decorators';
export { AggregateRoot, defineAggregate } from './model';
export type {
  AggregateClass,
  AggregateDefinition,
  AggregateHandle,
  AggregateOptions,
  AggregateSpecification,
  CommandHandlerOptions,
  CommandRule,
  Creates,
  Decision,
  EventsOf,
  PlainAggregate,
  PlainAggregateDefinition,
  PlainAggregateThis,
  PlainCommandHandler,
  PlainEventHandler,
  SnapshotOptions,
  SnapshotRule,
  SnapshotTiming,
  StateChange,
} from './model';

// Messages, and what handlers get beside them.
export { CommandMessage, derivedId, jsonOf, newId, Query, sealPayload } from './messages';
export type {
  ClassReference,
  CommandContext,
  CommandOutcome,
  DispatchOptions,
  EventCodec,
  EventContext,
  EventMarks,
  InheritedEntries,
  EventMetadata,
  EventOptions,
  MessageCause,
  MessageContext,
  PlainEvent,
  PlainMessage,
  ProjectionReference,
  QueryContext,
  RecordedEvent,
  ResultOf,
  SealedEvent,
} from './messages';
export type { RetryRule } from './concurrency';

// Bootstrap: modules and the container.
export { Application, bootstrap, injectedTokens, readModelToken, repositoryToken, TsyringeAdapter } from './bootstrap';
export type { BootstrapOptions, ContainerAdapter, Disposable, Making, MessageNames, Registration } from './bootstrap';

// Flow and buses: what carries messages.
export { CommandBus, EventBus, Flow, QueryBus } from './flow';
export type {
  CommandHandlerFunction,
  CommandMiddleware,
  EventBusOptions,
  EventContexts,
  EventDelivery,
  EventListener,
  EventListeners,
  EventMiddleware,
  FlowParts,
  GivenCommandHandler,
  MessageClasses,
  Middleware,
  QueryHandlerFunction,
  QueryMessage,
  QueryMiddleware,
  WaitOptions,
  WatchOptions,
} from './flow';

// Repository.
export { Repository } from './repository';
export type { Addition, CacheOptions, RepositoryOptions } from './repository';
export type { FlowCommandHandler, HandlerContext } from './commands';

// Event store: the port, its in-memory form, and what helps to write another.
export {
  checkAppends,
  CustomEventStore,
  eventsToRestore,
  exportEvents,
  importEvents,
  InMemoryCommandJournal,
  InMemoryEventStore,
  InMemoryProjectionStore,
  InMemorySnapshotStore,
  isExpected,
  recordedMarks,
  recordedMetadata,
  recordEvent,
  repeatedEvents,
  sealRestored,
  storePage,
  streamPage,
  Subscription,
} from './store';
export type {
  AppendOptions,
  AppendOutcome,
  ClaimName,
  ClaimOutcome,
  CommandClaim,
  CommandJournal,
  CommandResult,
  CompletedCommand,
  Conflict,
  EventStore,
  EventStoreParts,
  ExpectedVersion,
  ExportOptions,
  ImportOptions,
  ImportReport,
  NewEvent,
  RestoreOutcome,
  RestoreTarget,
  StoredPlace,
  NewSnapshot,
  Snapshot,
  SnapshotStore,
  StorePage,
  StreamAppend,
  StreamName,
  StreamPage,
  SubscribeOptions,
  SubscriptionSource,
  TextPieces,
} from './store';

// Projections, reactors, and what they make: read models.
export { defineReactor, defineProjection } from './processing';
export type {
  Documents,
  EventProcessorDefinition,
  EventProcessor,
  EventProcessorHandler,
  EventProcessorOptions,
  EventProcessorStatus,
  LastErrorStatus,
  Health,
  ReactorContext,
  ReactorSpecification,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionHandler,
  ProjectionMode,
  ProjectionOptions,
  EventProcessors,
  ProjectionSpecification,
  ReadModel,
  ReadModelPage,
  ReadModelQuery,
  SequenceRule,
  Rebuild,
  RebuildProgress,
  SegmentStatus,
  ViewOf,
} from './processing';

// What projections keep: documents, checkpoints, leases and dead letters.
export type {
  AnsweredRetry,
  CheckpointName,
  CommitOutcome,
  DeadLetter,
  DeadLetterChanges,
  DeadLetters,
  DocumentPage,
  DocumentQuery,
  DocumentValue,
  DocumentRead,
  DocumentWrite,
  EventsBeside,
  FoundDocument,
  LeaseClaim,
  LeaseOutcome,
  NewDeadLetter,
  ParkedName,
  ParkedSequence,
  ProjectionCommit,
  ProjectionStore,
  ProjectionTransaction,
  ReadModelSchema,
  ReadModelVersion,
  SegmentLeases,
  SegmentState,
  TakenOverSegments,
  TransactionWork,
} from './store';

// Surroundings that can be replaced, and what helps to answer a mistyped name.
export { nearest, systemClock } from './messages';
export type {
  Clock,
  FailureContext,
  EventProcessorFailure,
  InlineProjectionFailure,
  ListenerFailure,
  Logger,
  OnError,
} from './messages';

// Errors: one class for each failure, each with a stable code.
export {
  BaseEventHandledError,
  BundledNameError,
  EventualityError,
  InvalidOptionsError,
  MessageClassMismatchError,
  NewerEventError,
  UnnamedMessageError,
  UnstorableValueError,
} from './messages';
export {
  AggregateAlreadyExistsError,
  AggregateNotFoundError,
  ForeignEventError,
  InvalidAggregateError,
  InvalidDecisionError,
  MissingAggregateIdError,
  SnapshotRefusedError,
} from './model';
export {
  ClaimLostError,
  ConcurrencyError,
  DuplicateEventError,
  HistoryReplacedError,
  EventsElsewhereError,
  InvalidAppendError,
  InvalidClaimError,
  InvalidCommitError,
  InvalidDocumentQueryError,
  InvalidImportError,
  InvalidPageError,
  InvalidReadModelError,
  InvalidRestoreError,
  PayloadTooLargeError,
  RestoreUnsupportedError,
  StoreClosedError,
  InsideTransactionError,
  TransactionEndedError,
  UnknownReadModelError,
} from './store';
export {
  InlineProjectionError,
  InvalidSequenceError,
  LateWriteError,
  LiveProjectionError,
  LiveReadModelTooLargeError,
  NothingStoredError,
  OtherIndexesError,
  NothingToRebuildError,
  RebuildCancelledError,
  SequenceByChangedError,
  VersionsLostError,
  StatusTimeoutError,
  UnknownProjectionError,
  WaitTimeoutError,
} from './processing';
export { ForeignAggregateError, NothingToAddError, UnitOfWorkClosedError } from './repository';
export { CommandIdReusedError, DeadlockError, ReentrantCommandError, TurnsYieldedError } from './commands';
export { InvalidDecoratorError } from './decorators';
export {
  CloseWithinHandlerError,
  DuplicateHandlerError,
  FlowClosedError,
  InvalidConfigurationError,
  ListenerTimeoutError,
  NoFlowError,
  UnknownCommandError,
  UnknownQueryError,
} from './flow';
export { WiringError } from './bootstrap';
