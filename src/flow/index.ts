export { CommandBus, type CommandHandlerFunction, type CommandMiddleware } from './buses/command-bus';
export type { Middleware } from './buses/middleware';
export { QueryBus, type QueryHandlerFunction, type QueryMessage, type QueryMiddleware } from './buses/query-bus';
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
export { EventBus } from './events/event-bus';
export type { EventBusOptions } from './events/event-bus-options';
export type {
  EventContexts,
  EventDelivery,
  EventListener,
  EventListeners,
  EventMiddleware,
} from './events/event-listener';
export { Flow } from './flow';
export type { FlowParts, GivenCommandHandler, MessageClasses } from './flow-parts';
export { baseEventFaults } from './known-classes';
export { FLOW_PARTS } from './part-checks';
export type { WaitOptions, WatchOptions } from './read-side';
