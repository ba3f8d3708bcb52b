import 'reflect-metadata';
// Types of these entry points are inferred from what the root exports: a compiler that writes declarations finds their
// names only in files that it has read.
import './operations';
import './processes';
import './upcasting';

// What users of the framework write, call, catch and name every day, grouped as docs/api.md is. All error classes are
// in src/errors.ts; the other files beside this one hold one concern each, as docs/api-entry-points.md lists them.

// Decorators.
export {
  Aggregate,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  InjectReadModel,
  InjectRepository,
  Module,
  Projection,
  Query,
  QueryHandler,
  Reactor,
  ReplayHandler,
} from './decorators';
export type { MessageOptions, ModuleClass, ModuleOptions, Provider, Token } from './decorators';

// Aggregates.
export { AggregateRoot, defineAggregate } from './model';
export type { AggregateDefinition, Decision, PlainAggregate, PlainAggregateDefinition, SnapshotOptions } from './model';

// Messages, and what handlers get beside them.
export { CommandMessage, defineEvent, derivedId, jsonOf, newId } from './messages';
export type {
  CommandContext,
  CommandOutcome,
  DispatchOptions,
  EventCodec,
  EventContext,
  DefineEventOf,
  EventDefinition,
  EventMetadata,
  MessageContext,
  PlainEvent,
  PlainMessage,
  QueryContext,
  RecordedEvent,
  ResultOf,
  ScheduleOptions,
  SchedulingContext,
  StandardSchemaV1,
} from './messages';
export type { HandlerContext } from './commands';
export type { RetryRule } from './concurrency';

// Bootstrap: modules and the container.
export { Application, bootstrap } from './bootstrap';
export type { BootstrapOptions } from './bootstrap';

// For tools: the command line `eventuality`, and what lists an application's events.
export { eventCatalog } from './bootstrap';
export type { EventCatalog, EventualityConfig } from './bootstrap';

// Flow and its buses: what carries messages.
export { CommandBus, EventBus, Flow, QueryBus } from './flow';
export type { FlowCommandHandler } from './commands';
export type {
  CommandMiddleware,
  EventListener,
  EventListeners,
  EventMiddleware,
  FlowParts,
  QueryHandlerFunction,
  QueryMiddleware,
} from './flow';

// Repositories and stores.
export { Repository } from './repository';
export { exportEvents, importEvents, InMemoryEventStore } from './store';
export type { EventStore, ImportReport } from './store';

// Commands again and again: `flow.recurring`.
export type { Occurrence, RecurringOptions } from './processing';

// Projections, reactors, and what they make: read models.
export { defineProjection, defineReactor } from './processing';
export type {
  Documents,
  EventProcessorDefinition,
  ProjectionContext,
  ProjectionDefinition,
  ReactorContext,
  ReadModel,
  ReadModelPage,
  ReadModelQuery,
  ViewOf,
} from './processing';

// Surroundings that can be replaced, and what helps to answer a mistyped name.
export { nearest } from './messages';
export type { Clock, FailureContext, Logger, OnError } from './messages';

// Errors that callers catch every day.
export { EventualityError, InvalidMessageError } from './messages';
export { AggregateAlreadyExistsError, AggregateNotFoundError } from './model';
export { ConcurrencyError } from './store';
export { CommandIdReusedError } from './commands';
export { FlowClosedError } from './flow';
export { WaitTimeoutError } from './processing';
