import { AsyncContext } from '@nestjs/cqrs';
import type { EventContext, HandlerContext, QueryContext } from '../../../../index';

/** What the message was handled with, and sends others with: they have it as their cause. */
type Source = Pick<HandlerContext, 'dispatch' | 'query'>;
type Metadata = Readonly<Record<string, unknown>>;

const sources = new WeakMap<FlowContext, Source>();

/**
 * The context of a message of the flow, for handlers of @nestjs/cqrs: a request-scoped one has it as its `REQUEST`.
 * What is executed and published with it has the message as its cause, and inherits its metadata. Made with `new`, it
 * gives metadata to a command: `commandBus.execute(command, new FlowContext({ actor: 'ann' }))`.
 */
export class FlowContext extends AsyncContext {
  constructor(
    /** The metadata of the message: entries such as `actor`, and `correlationId`. */
    readonly metadata: Metadata = {},
  ) {
    super();
  }
}

/** Returns the context of a command that a handler of @nestjs/cqrs carries out: its events have its metadata. */
export const ofCommand = (context: HandlerContext): FlowContext => made(context.metadata, context);

/** Returns the context of an event that a handler of @nestjs/cqrs gets: what it publishes is caused by the event. */
export function ofEvent(context: EventContext): FlowContext {
  const { id, metadata } = context.event;
  const { commandName: _, commandCausationId: __, ...entries } = metadata;
  return made({ ...entries, causationId: id }, context);
}

/** Returns the context of a query. */
export const ofQuery = (context: QueryContext): FlowContext => made(context.metadata, context);

/** Returns what sends messages that a message has caused; undefined for a context of the user. */
export const sourceOf = (context: AsyncContext | undefined): Source | undefined =>
  context instanceof FlowContext ? sources.get(context) : undefined;

function made(metadata: Metadata, source: Source): FlowContext {
  const context = new FlowContext(metadata);
  sources.set(context, source);
  return context;
}
