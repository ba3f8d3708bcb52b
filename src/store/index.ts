export { checkAppends, isExpected, isName, LONGEST_NAME, storePage, streamPage } from './checks';
export { checkClaimName, checkCommandClaim, checkCommandResult, claimOf, commandIsDone, LONGEST_KEEP_MS } from './command-checks';
export type { ClaimName, ClaimOutcome, CommandClaim, CommandJournal, CommandResult, CompletedCommand } from './command-journal';
export { isFree, resultOf } from './command-rules';
export { CustomEventStore, type EventStoreParts } from './custom-event-store';
export { letterPage } from './dead-letter-checks';
export type { AnsweredRetry, DeadLetter, DeadLetterChanges, DeadLetters, NewDeadLetter, ParkedName, ParkedSequence } from './dead-letters';
export { documentConditions, KEY_COLUMNS, QueryShapes } from './document-conditions';
export { documentPage } from './document-page';
export { type ResolvedQuery, resolveQuery } from './document-query';
export { type EventJson, encodedBytes, encodedEvent } from './encoding';
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
} from './errors';
export {
  type AppendOptions,
  type AppendOutcome,
  type Conflict,
  type EventStore,
  type ExpectedVersion,
  type NewEvent,
  PAGE_LIMIT,
  type RestoreOutcome,
  type StorePage,
  type StreamAppend,
  type StreamName,
  type StreamPage,
  type SubscribeOptions,
} from './event-store';
export { type ExportOptions, exportEvents } from './export-events';
export { FollowerPages } from './follower-pages';
export { ForwardingEventStore } from './forwarding-event-store';
export { type ImportOptions, type ImportReport, importEvents } from './import-events';
export { InMemoryCommandJournal } from './in-memory-command-journal';
export { InMemoryEventStore } from './in-memory-event-store';
export { InMemoryProjectionStore } from './in-memory-projection-store';
export { InMemorySnapshotStore } from './in-memory-snapshot-store';
export { Inside } from './inside';
export { checkClaim } from './lease-checks';
export { decideClaim, type KnownLease, LEASE_TOLERANCE, segmentState } from './lease-rules';
export { anEventStore, aSnapshotStore, refuseSubscribeOptions } from './option-checks';
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
} from './projection-checks';
export type { CheckpointName, CommitOutcome, DocumentRead, DocumentWrite, ProjectionCommit, TransactionWork } from './projection-commit';
export {
  EventsElsewhereError,
  InsideTransactionError,
  InvalidCommitError,
  InvalidDocumentQueryError,
  InvalidReadModelError,
  TransactionEndedError,
  UnknownReadModelError,
} from './projection-errors';
export type {
  DocumentPage,
  DocumentQuery,
  DocumentValue,
  FoundDocument,
  ProjectionStore,
  ReadModelSchema,
  ReadModelVersion,
  TakenOverSegments,
} from './projection-store';
export { type EventsBeside, nameEventsBeside, type ProjectionTransaction } from './projection-transaction';
export { recordEvent, recordedMarks, recordedMetadata } from './record-event';
export { repeatedEvents } from './repeated-events';
export { eventsToRestore, type RestoreRequest, type RestoreTarget, restoreRequests, type StoredPlace, sealRestored } from './restoring';
export { Running } from './running';
export { type SealedCommit, sealedCommit } from './sealed-commit';
export type { LeaseClaim, LeaseOutcome, SegmentLeases, SegmentState } from './segment-leases';
export type { NewSnapshot, Snapshot, SnapshotStore } from './snapshot-store';
export { streamKey } from './stream-name';
export { Subscription, type SubscriptionSource } from './subscription';
export { takenOverOf, takenOverText } from './taken-over';
export type { TextPieces } from './text-lines';
export { Turns } from './turns';
