// What it takes to write a store of one's own, beside the ports `EventStore` and `RecordedEvent` of the root: see
// docs/custom-store.md. The stores of the framework themselves are made of it.

// Whole stores, and stores from parts.
export {
  CustomEventStore,
  ForwardingEventStore,
  InMemoryCommandJournal,
  InMemoryProjectionStore,
  InMemorySnapshotStore,
} from './store';
export type { EventStoreParts } from './store';

// Events: appends, pages, subscriptions, restored events.
export {
  checkAppends,
  conflictsOf,
  eventsToRestore,
  isExpected,
  listStreams,
  recordedMarks,
  recordAppends,
  recordedMetadata,
  recordEvent,
  refuseSubscribeOptions,
  repeatedEvents,
  sealRestored,
  selectPage,
  storePage,
  streamKey,
  streamPage,
  streamsPage,
  Subscription,
} from './store';
export { eventTypeOf, isoTime, sealPayload, systemClock } from './messages';
export type { EventMarks, EventType } from './messages';

// Options of a store, or of another part: each is checked, and all faults are reported together.
export { must, refuseOptions } from './messages';
export type { Check, OptionChecks } from './messages';
export type {
  AppendOptions,
  AppendOutcome,
  Conflict,
  DirectAccess,
  EventFilter,
  ExpectedVersion,
  ListedStream,
  LogPage,
  NewEvent,
  RestoreOutcome,
  RestoreTarget,
  StoredPlace,
  StorePage,
  StreamAppend,
  StreamName,
  StreamPage,
  StreamsPage,
  SubscribeOptions,
  SubscriptionSource,
  VersionOf,
} from './store';

// Commands with an id.
export {
  checkClaimName,
  checkCommandClaim,
  checkCommandResult,
  claimOf,
  commandIsDone,
  isFree,
  resultOf,
} from './store';
export type { ClaimName, ClaimOutcome, CommandClaim, CommandJournal, CommandResult, CompletedCommand } from './store';

// Snapshots.
export type { NewSnapshot, Snapshot, SnapshotStore } from './store';

// Projections: documents and checkpoints.
export {
  canBeReadModel,
  checkCheckpoint,
  checkReadModel,
  checkSameSchema,
  documentConditions,
  documentPage,
  findDocuments,
  KEY_COLUMNS,
  knownSchema,
  prepareWrites,
  resolveQuery,
  sealedCommit,
  takenOverOf,
  takenOverText,
} from './store';
export type {
  CheckpointName,
  CommitOutcome,
  DocumentPage,
  DocumentQuery,
  DocumentRead,
  DocumentValue,
  DocumentWrite,
  FoundDocument,
  HeldDocument,
  KnownSchema,
  PreparedWrite,
  ProjectionCommit,
  ProjectionStore,
  ReadModelSchema,
  ReadModelVersion,
  ResolvedQuery,
  SealedCommit,
  TakenOverSegments,
  TransactionWork,
  WriteGroup,
} from './store';

// Processes: what they have decided, and what they wait for.
export {
  checkUnschedule,
  deadlinePage,
  deadlinesToSchedule,
  dueSegments,
  inputPage,
  outputPage,
  processConditions,
} from './store';
export type {
  StoredDeadline,
  DeadlinePage,
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
  SealedProcess,
  SelectedPage,
} from './store';

// Projections: leases, dead letters, transactions.
export {
  canBeParked,
  checkClaim,
  checkMember,
  decideClaim,
  firstFence,
  isHeld,
  letterPage,
  TransactionMutex,
  nameEventsBeside,
  parkedSequences,
  segmentState,
  TransactionCalls,
} from './store';
export type {
  AnsweredRetry,
  CheckpointMove,
  DeadLetterChanges,
  DeadLetters,
  EventsBeside,
  HeldLease,
  KnownLease,
  LeaseClaim,
  LeaseOutcome,
  Member,
  NewDeadLetter,
  ParkedName,
  ProjectionBulk,
  ProjectionTransaction,
  SegmentClaim,
  SegmentLeases,
  SegmentState,
  VersionName,
} from './store';
