// All errors of the framework: one class for each failure, each with a stable code. Those of SQLite and PostgreSQL are
// with their stores.
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
  InvalidProcessError,
  InvalidReadModelError,
  InvalidRestoreError,
  PayloadTooLargeError,
  RestoreUnsupportedError,
  StoreClosedError,
  StoreGoneError,
  InsideTransactionError,
  TransactionEndedError,
  UnknownReadModelError,
} from './store';
export {
  CommandRejectedError,
  InlineProjectionError,
  InvalidCorrelationError,
  InvalidProcessDecisionError,
  InvalidSequenceError,
  LateWriteError,
  LiveProjectionError,
  LiveReadModelTooLargeError,
  NothingStoredError,
  NothingToRebuildError,
  OtherIndexesError,
  ProcessorKindError,
  RebuildCancelledError,
  RefoldError,
  SequenceByChangedError,
  StatusTimeoutError,
  UnexpectedEventError,
  UnknownProcessError,
  UnknownProjectionError,
  VersionsLostError,
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
  NotSchedulingError,
  UnknownCommandError,
  UnknownQueryError,
} from './flow';
export { WiringError } from './bootstrap';
