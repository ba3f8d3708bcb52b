export { AggregateCommandHandler, decide } from './aggregate-command-handler';
export { targetOf } from './command-target';
export { CommandIdReusedError, DeadlockError, ReentrantCommandError, TurnsYieldedError } from './errors';
export { type FlowCommandHandler, FunctionCommandHandler } from './function-command-handler';
export type { HandlerContext } from './handler-context';
export { TurnRegistry } from './held-turns';
export { IdempotentCommands } from './idempotent-commands';
