export { AggregateCommandHandler, decide } from './aggregate-command-handler';
export { expectRepositories, runOutsideOfUnits } from './ambient-unit';
export { targetOf } from './command-target';
export {
  CommandIdReusedError,
  DeadlockError,
  ForeignAggregateError,
  NothingToAddError,
  ReentrantCommandError,
  TurnsYieldedError,
  UnitOfWorkClosedError,
} from './errors';
export { type FlowCommandHandler, FunctionCommandHandler } from './function-command-handler';

export type { HandlerContext } from './handler-context';
export { TurnRegistry } from './held-turns';
export { IdempotentCommands } from './idempotent-commands';
export { aCache, snapshotKeeping } from './option-checks';
export { provenSnapshot } from './proven-snapshot';
export { type Addition, Repository, type RepositoryOptions } from './repository';
export type { CacheOptions } from './stream-cache';
export type { UnitOfWork } from './unit-of-work';
