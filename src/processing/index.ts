export { defineListener, defineProjection, type ListenerSpecification, type ProjectionSpecification } from './definition/define-projection';
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
} from './definition/definition';
export { followerFaults, keepsFollowers } from './definition/event-processor-checks';
export { InvalidSequenceError } from './definition/sequence';
export type { ViewFault } from './definition/view-checks';
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
export {
  NothingToRebuildError,
  RebuildCancelledError,
  SequenceByChangedError,
  StatusTimeoutError,
  VersionsLostError,
} from './event-processor-errors';
export { Projections } from './event-processors';
export { BufferedDocuments } from './handling/buffered-documents';
export { Touches } from './handling/dependency-tracker';
export { Handling } from './handling/handler-invoker';
export { isError } from './handling/thrown';
export { InlineEventStore } from './inline/inline-event-store';
export type { Follower, FollowerStatus, Health, LastErrorStatus, Rebuild, RebuildProgress, SegmentStatus } from './status/status';
