export { CommandBus, type CommandMiddleware } from './buses/command-bus';
export { QueryBus, type QueryHandlerFunction, type QueryMiddleware } from './buses/query-bus';
export {
  CloseWithinHandlerError,
  DuplicateHandlerError,
  FlowClosedError,
  InvalidConfigurationError,
  ListenerTimeoutError,
  NoFlowError,
  NotSchedulingError,
  UnknownCommandError,
  UnknownQueryError,
} from './errors';
export { EventBus } from './events/event-bus';
export type {
  EventListener,
  EventListeners,
  EventMiddleware,
} from './events/event-listener';
export { Flow } from './flow';
export type { FlowParts, GivenCommandHandler } from './flow-parts';
export { baseEventFaults } from './known-classes';
export { eventReaderFor } from './known-events';
export { FLOW_PARTS } from './part-checks';
