export { AggregateCommandHandler, decide } from './aggregate-command-handler';
export { succeeded } from './command-outcome';
export { ForeignAggregateError, ReentrantCommandError, UnitOfWorkClosedError } from './errors';
export type { HandlerContext } from './handler-context';
export { asOrigin, Origin } from './origin';
export { type Addition, Repository, type RepositoryOptions } from './repository';
export { pauseAfterConflict, TRIES } from './retry';
export type { CacheOptions } from './stream-cache';
export { UnitOfWork } from './unit-of-work';
