export { checkAppends, isExpected, storePage, streamPage } from './kit/checks';
export {
  checkClaimName,
  checkCommandClaim,
  checkCommandResult,
  claimOf,
  commandIsDone,
  MAX_KEEP_MS,
} from './kit/command-checks';
export { isFree, resultOf } from './kit/command-rules';
export { CustomEventStore, type EventStoreParts } from './kit/custom-event-store';
export { letterPage } from './kit/dead-letter-checks';
export { documentConditions, KEY_COLUMNS, QueryShapes } from './kit/document-conditions';
export { documentPage } from './kit/document-page';
export { type ResolvedQuery, resolveQuery } from './kit/document-query';
export { type EventJson, encodedBytes, encodedEvent } from './kit/encoding';
export type { StorePage, StreamPage } from './kit/event-pages';
export { ForwardingEventStore } from './kit/forwarding-event-store';
export { Inside } from './kit/inside-transaction';
export { checkClaim } from './kit/lease-checks';
export { decideClaim, type KnownLease, LEASE_TOLERANCE_MS, segmentState } from './kit/lease-rules';
export { Mutex } from './kit/mutex';
export { anEventStore, aSnapshotStore, refuseSubscribeOptions } from './kit/option-checks';
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
} from './kit/projection-checks';
export { recordEvent, recordedMarks, recordedMetadata } from './kit/record-event';
export { repeatedEvents } from './kit/repeated-events';
export {
  eventsToRestore,
  type RestoreRequest,
  type RestoreTarget,
  restoreRequests,
  type StoredPlace,
  sealRestored,
} from './kit/restoring';
export { type SealedCommit, sealedCommit } from './kit/sealed-commit';
export { EventProcessorPages } from './kit/subscriber-pages';
export { Subscription, type SubscriptionSource } from './kit/subscription';
export { takenOverOf, takenOverText } from './kit/taken-over';
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
} from './ports/errors';
export { type EventStore, PAGE_LIMIT, type RestoreOutcome, type SubscribeOptions } from './ports/event-store';
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
  ReadModelVersion,
  TakenOverSegments,
} from './ports/projection-store';
export { type EventsBeside, nameEventsBeside, type ProjectionTransaction } from './ports/projection-transaction';
export type { LeaseClaim, LeaseOutcome, SegmentLeases, SegmentState } from './ports/segment-leases';
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
export { type ExportOptions, exportEvents } from './transfer/export-events';
export { type ImportOptions, type ImportReport, importEvents } from './transfer/import-events';
export type { TextPieces } from './transfer/text-lines';
