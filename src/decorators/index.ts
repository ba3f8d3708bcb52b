export { Aggregate } from './aggregate';
export { type EventProcessorRole, eventProcessorRole, hasBothRoles, Projection, Reactor } from './event-processor';
export {
  CommandHandler,
  type CommandHandlerDecorator,
  EventHandler,
  type EventHandlerDecorator,
  QueryHandler,
  type QueryHandlerDecorator,
  ReplayHandler,
} from './handlers';
export { InjectReadModel, type ReadModelInjection } from './inject-read-model';
export { InjectRepository, type RepositoryInjection } from './inject-repository';
export { Command, Event, InvalidDecoratorError } from './messages';
export { MODULE, Module, type ModuleClass, type ModuleOptions, type Provider, type Token } from './module';
