export { CommandBus, type CommandHandlerFunction, type CommandMiddleware } from './command-bus';
export {
  DuplicateHandlerError,
  FlowClosedError,
  InvalidConfigurationError,
  NoFlowError,
  UnknownCommandError,
  UnknownQueryError,
} from './errors';
export { EventBus, type EventBusOptions } from './event-bus';
export type { EventContexts, EventDelivery, EventListener, EventListeners, EventMiddleware } from './event-listener';
export { Flow } from './flow';
export type { FlowParts } from './flow-parts';
export type { FlowCommandHandler } from './function-command-handler';
export type { Middleware } from './middleware';
export { FLOW_PARTS } from './part-checks';
export { QueryBus, type QueryHandlerFunction, type QueryMessage, type QueryMiddleware } from './query-bus';
export type { WaitOptions, WatchOptions } from './read-side';
