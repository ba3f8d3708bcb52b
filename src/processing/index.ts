export { BufferedDocuments, type ReadDocuments } from './buffered-documents';
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
  RetryRule,
} from './definition';
export { NothingToRebuildError, RebuildCancelledError } from './follower-errors';
export { Projections, type ProjectionsParts } from './projections';
export { InvalidSequenceError } from './sequence';
export type { Follower, FollowerStatus, Rebuild, RebuildProgress, SegmentStatus } from './status';
