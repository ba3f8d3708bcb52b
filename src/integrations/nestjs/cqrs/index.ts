// `eventuality/nestjs/cqrs`: keep @nestjs/cqrs, and lose no event. See docs/nestjs-cqrs.md.

export { FlowContext } from './bridge/flow-context';
export { Durable, type DurableOptions } from './durable';
export { DurableEvents } from './durable-events';
export {
  NoForeignTransactionsError,
  PublishedTooLateError,
  UnpublishableEventError,
} from './errors';
export { EventualityCqrsModule } from './module';
export type {
  EventualityCqrsAsyncOptions,
  EventualityCqrsOptions,
  EventualityCqrsRootOptions,
  FollowingOptions,
} from './options';
