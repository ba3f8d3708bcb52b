export { AggregateLoader } from './aggregate-loader';
export { expectRepositories, isInUnit, isLookedFor, runInUnit, runOutsideOfUnits } from './ambient-unit';
export {
  ForeignAggregateError,
  NothingToAddError,
  UnitOfWorkClosedError,
} from './errors';
export { appendFor, newAppend, type StreamChanges } from './new-events';
export { aCache, snapshotKeeping } from './option-checks';
export { provenSnapshot } from './proven-snapshot';
export { Repository, type RepositoryOptions } from './repository';
export type { CacheOptions } from './stream-cache';
export { UnitOfWork } from './unit-of-work';
