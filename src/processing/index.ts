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
export type { Follower, FollowerStatus, Rebuild, RebuildProgress, SegmentStatus } from './projections';
