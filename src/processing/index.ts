export { ChangeFeed, type ChangeListener } from './change-feed';
export { defineListener, defineProjection, type ListenerSpecification, type ProjectionSpecification } from './define-projection';
export type {
  Documents,
  FollowerDefinition,
  FollowerHandler,
  FollowerOptions,
  ListenerContext,
  ProjectionContext,
  ProjectionDefinition,
  ProjectionHandler,
  ProjectionMode,
  ProjectionOptions,
  ReadModel,
  ReadModelPage,
  ReadModelQuery,
  SequenceRule,
  ViewOf,
} from './definition';
export { DocumentReader } from './document-reader';
export {
  InlineProjectionError,
  LateWriteError,
  LiveProjectionError,
  LiveReadModelTooLargeError,
  NothingStoredError,
  OtherIndexesError,
  UnknownProjectionError,
  WaitTimeoutError,
} from './errors';
export { followerFaults, keepsFollowers } from './follower-checks';
export {
  NothingToRebuildError,
  RebuildCancelledError,
  SequenceByChangedError,
  StatusTimeoutError,
  VersionsLostError,
} from './follower-errors';
export { InlineEventStore } from './inline-event-store';
export { LiveDocuments } from './live-documents';
export { Projections } from './projections';
export { InvalidSequenceError } from './sequence';
export type { Follower, FollowerStatus, Health, LastErrorStatus, Rebuild, RebuildProgress, SegmentStatus } from './status';
export { StoredDocuments } from './stored-documents';
export { Touches } from './touches';
export type { ViewFault } from './view-checks';
