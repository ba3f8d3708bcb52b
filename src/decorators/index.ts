export { Aggregate } from './aggregate';
export { type EventProcessorRole, eventProcessorRole, hasBothRoles, Projection, Reactor } from './event-processor';
export {
  CommandHandler,
  EventHandler,
  QueryHandler,
  ReplayHandler,
} from './handlers';
export { InjectReadModel, type ReadModelInjection } from './inject-read-model';
export { InjectRepository, type RepositoryInjection } from './inject-repository';
export { Command, Event, InvalidDecoratorError, type MessageOptions, Query } from './messages';
export { MODULE, Module, type ModuleClass, type ModuleOptions, type Provider, type Token } from './module';
export {
  DeadlineHandler,
  type DeadlineHandlerMetadata,
  Ends,
  PROCESS,
  ProcessManager,
  type ProcessRole,
  processName,
  Rejected,
  Starts,
} from './process-manager';
export { Upcaster } from './upcaster';
