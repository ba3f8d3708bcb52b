export { CommandBus, type CommandHandlerFunction, type CommandMiddleware } from './command-bus';
export {
  CloseWithinHandlerError,
  DuplicateHandlerError,
  FlowClosedError,
  InvalidConfigurationError,
  ListenerTimeoutError,
  NoFlowError,
  UnknownCommandError,
  UnknownQueryError,
} from './errors';
export { EventBus } from './event-bus';
export type { EventBusOptions } from './event-bus-options';
export type { EventContexts, EventDelivery, EventListener, EventListeners, EventMiddleware } from './event-listener';
export { Flow } from './flow';
export type { FlowParts, GivenCommandHandler, MessageClasses } from './flow-parts';
export { baseEventFaults } from './known-classes';
export type { Middleware } from './middleware';
export { FLOW_PARTS } from './part-checks';
export { QueryBus, type QueryHandlerFunction, type QueryMessage, type QueryMiddleware } from './query-bus';
export type { WaitOptions, WatchOptions } from './read-side';
