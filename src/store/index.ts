export { KnownHistory } from './history/known-history';
export {
  checkClaimName,
  checkCommandClaim,
  checkCommandResult,
  claimOf,
  commandIsDone,
  MAX_KEEP_MS,
} from './kit/commands/command-checks';
export { isFree, resultOf } from './kit/commands/command-rules';
export { documentConditions, KEY_COLUMNS, QueryShapes } from './kit/documents/document-conditions';
export { documentPage } from './kit/documents/document-page';
export { type ResolvedQuery, resolveQuery } from './kit/documents/document-query';
export { findDocuments, type HeldDocument } from './kit/documents/find-documents';
export { checkAppends, checkStream, isExpected } from './kit/events/checks';
export { type EventJson, encodedBytes, encodedEvent } from './kit/events/encoding';
export type {
  EventFilter,
  ListedStream,
  LogPage,
  StorePage,
  StreamPage,
  StreamsPage,
} from './kit/events/event-pages';
export { listStreams } from './kit/events/list-streams';
export { anEventStore, aSnapshotStore, refuseSubscribeOptions } from './kit/events/option-checks';
export {
  type CheckedStorePage,
  isWholeLog,
  logPage,
  storePage,
  streamPage,
  streamsPage,
} from './kit/events/page-checks';
export { lastAfter, passEvents } from './kit/events/passed-events';
export { readInSteps } from './kit/events/read-in-steps';
export { conflictsOf, recordAppends, type VersionOf } from './kit/events/record-appends';
export { recordEvent, recordedMarks, recordedMetadata } from './kit/events/record-event';
export { repeatedEvents } from './kit/events/repeated-events';
export {
  eventsToRestore,
  type RestoreRequest,
  type RestoreTarget,
  restoreRequests,
  type StoredPlace,
  sealRestored,
} from './kit/events/restoring';
export { selectPage } from './kit/events/select-page';
export { SubscriberPages } from './kit/events/subscriber-pages';
export { Subscription, type SubscriptionSource } from './kit/events/subscription';
export { letterPage } from './kit/projections/dead-letter-checks';
export { checkClaim, checkMember } from './kit/projections/lease-checks';
export {
  decideClaim,
  firstFence,
  isHeld,
  type KnownLease,
  LEASE_TOLERANCE_MS,
  segmentState,
} from './kit/projections/lease-rules';
export { parkedSequences } from './kit/projections/parked-sequences';
export {
  checkUnschedule,
  type DeadlinePage,
  deadlinePage,
  deadlinesToSchedule,
  dueSegments,
  inputPage,
  outputPage,
  type SelectedPage,
} from './kit/projections/process-checks';
export { processConditions } from './kit/projections/process-conditions';
export {
  canBeParked,
  canBeReadModel,
  checkCheckpoint,
  checkReadModel,
  checkSameSchema,
  type KnownSchema,
  knownSchema,
  type PreparedWrite,
  prepareWrites,
  type WriteGroup,
} from './kit/projections/projection-checks';
export { type SealedCommit, sealedCommit } from './kit/projections/sealed-commit';
export type { SealedProcess } from './kit/projections/sealed-process';
export { storedNote } from './kit/projections/stored-note';
export { takenOverOf, takenOverText } from './kit/projections/taken-over';
export { CustomEventStore, type EventStoreParts } from './kit/stores/custom-event-store';
export { ForwardingEventStore } from './kit/stores/forwarding-event-store';
export { Inside } from './kit/transactions/inside-transaction';
export { TransactionCalls } from './kit/transactions/transaction-calls';
export { TransactionMutex } from './kit/transactions/transaction-mutex';
export { InMemoryCommandJournal } from './memory/in-memory-command-journal';
export { InMemoryEventStore } from './memory/in-memory-event-store';
export { InMemoryProjectionStore } from './memory/in-memory-projection-store';
export { InMemorySnapshotStore } from './memory/in-memory-snapshot-store';
export type {
  ClaimName,
  ClaimOutcome,
  CommandClaim,
  CommandJournal,
  CommandResult,
  CompletedCommand,
} from './ports/command-journal';
export type {
  AnsweredRetry,
  DeadLetter,
  DeadLetterChanges,
  DeadLetters,
  NewDeadLetter,
  ParkedName,
  ParkedSequence,
} from './ports/dead-letters';
export type { DirectAccess } from './ports/direct-access';
export {
  ClaimLostError,
  ConcurrencyError,
  DuplicateEventError,
  HistoryReplacedError,
  InvalidAppendError,
  InvalidClaimError,
  InvalidImportError,
  InvalidPageError,
  InvalidRestoreError,
  PayloadTooLargeError,
  RestoreUnsupportedError,
  StoreClosedError,
  StoreGoneError,
} from './ports/errors';
export { type EventStore, PAGE_LIMIT, type RestoreOutcome, type SubscribeOptions } from './ports/event-store';
export type {
  DueDeadlines,
  InstanceHash,
  NewDeadline,
  NewProcessInput,
  NewProcessOutput,
  ProcessChanges,
  ProcessInput,
  ProcessInputStatus,
  ProcessOutput,
  ProcessOutputStatus,
  ProcessPage,
  ProcessSegment,
  ProcessStore,
  StoredDeadline,
} from './ports/process-store';
export type { CheckpointMove, HeldLease, ProjectionBulk, SegmentClaim, VersionName } from './ports/projection-bulk';
export type {
  CheckpointName,
  CommitOutcome,
  DocumentRead,
  DocumentWrite,
  ProjectionCommit,
  TransactionWork,
} from './ports/projection-commit';
export {
  EventsElsewhereError,
  InsideTransactionError,
  InvalidCommitError,
  InvalidDocumentQueryError,
  InvalidProcessError,
  InvalidReadModelError,
  TransactionEndedError,
  UnknownReadModelError,
} from './ports/projection-errors';
export type {
  DocumentPage,
  DocumentQuery,
  DocumentValue,
  FoundDocument,
  ProjectionStore,
  ReadModelSchema,
} from './ports/projection-store';
export { type EventsBeside, nameEventsBeside, type ProjectionTransaction } from './ports/projection-transaction';
export type { ReadModelVersion, TakenOverSegments } from './ports/read-model-version';
export type { LeaseClaim, LeaseOutcome, Member, SegmentLeases, SegmentState } from './ports/segment-leases';
export type { NewSnapshot, Snapshot, SnapshotStore } from './ports/snapshot-store';
export type {
  AppendOptions,
  AppendOutcome,
  Conflict,
  ExpectedVersion,
  NewEvent,
  StreamAppend,
} from './ports/stream-append';
export { type StreamName, streamKey } from './ports/stream-name';
export { exportEvents } from './transfer/export-events';
export { type ImportReport, importEvents } from './transfer/import-events';
