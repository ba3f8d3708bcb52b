export { Aggregate } from './aggregate';
export {
  CommandHandler,
  type CommandHandlerDecorator,
  EventHandler,
  type EventHandlerDecorator,
  QueryHandler,
  type QueryHandlerDecorator,
} from './handlers';
export { InjectRepository, REPOSITORY_INJECTIONS, type RepositoryInjection } from './inject-repository';
export { Command, Event, InvalidDecoratorError } from './messages';
export { MODULE, Module, type ModuleClass, type ModuleOptions, type Provider, type Token } from './module';
