import 'reflect-metadata';

export type { BootstrapOptions, ContainerAdapter, Registration } from './bootstrap';
// Bootstrap: modules, container.
export { Application, bootstrap, repositoryToken, WiringError } from './bootstrap';
export type { ModuleClass, ModuleOptions, Provider, Token } from './decorators';
// Model: what a user writes.
export {
  Aggregate,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  InjectRepository,
  InvalidDecoratorError,
  Module,
  QueryHandler,
} from './decorators';
export type {
  CommandHandlerFunction,
  CommandMiddleware,
  EventBusOptions,
  EventContexts,
  EventListener,
  EventListeners,
  FlowCommandHandler,
  FlowParts,
  Middleware,
  QueryHandlerFunction,
  QueryMessage,
  QueryMiddleware,
} from './flow';
// Flow: what carries messages.
export {
  CommandBus,
  DuplicateHandlerError,
  EventBus,
  Flow,
  FlowClosedError,
  InvalidConfigurationError,
  NoFlowError,
  QueryBus,
  UnknownCommandError,
  UnknownQueryError,
} from './flow';
export type {
  ClassReference,
  Clock,
  CommandContext,
  CommandOutcome,
  DispatchOptions,
  EventCodec,
  EventContext,
  EventMetadata,
  EventOptions,
  Logger,
  MessageCause,
  MessageContext,
  PlainEvent,
  PlainMessage,
  QueryContext,
  RecordedEvent,
  ResultOf,
  SealedEvent,
} from './messages';
// Messages and what handlers get beside them.
// What can be replaced.
// Errors: one class for each failure, all with a stable code.
export {
  CommandMessage,
  derivedId,
  EventualityError,
  newId,
  Query,
  sealPayload,
  systemClock,
  UnnamedMessageError,
  UnstorableValueError,
} from './messages';
export type {
  AggregateClass,
  AggregateDefinition,
  AggregateHandle,
  AggregateOptions,
  AggregateSpecification,
  CommandHandlerOptions,
  CommandRule,
  Creates,
  Decision,
  EventsOf,
  PlainAggregate,
  PlainAggregateDefinition,
  PlainCommandHandler,
  PlainEventHandler,
  StateChange,
} from './model';
export {
  AggregateAlreadyExistsError,
  AggregateNotFoundError,
  AggregateRoot,
  defineAggregate,
  InvalidAggregateError,
  InvalidDecisionError,
  MissingAggregateIdError,
} from './model';
export type { Addition, CacheOptions, HandlerContext, RepositoryOptions } from './repository';
// Repository.
export { ForeignAggregateError, ReentrantCommandError, Repository, UnitOfWorkClosedError } from './repository';
export type {
  AppendOutcome,
  Conflict,
  EventStore,
  EventStoreParts,
  ExpectedVersion,
  NewEvent,
  StorePage,
  StreamAppend,
  StreamName,
  StreamPage,
  SubscribeOptions,
  SubscriptionSource,
} from './store';
// Store: the port, its in-memory form, and what helps to write another.
export {
  ConcurrencyError,
  CustomEventStore,
  checkAppends,
  DuplicateEventError,
  InMemoryEventStore,
  InvalidAppendError,
  InvalidPageError,
  isExpected,
  recordEvent,
  StoreClosedError,
  Subscription,
  storePage,
  streamPage,
} from './store';
