import type { Type } from '@nestjs/common';
import { AsyncContext, type IEventHandler } from '@nestjs/cqrs';
import type { EventProcessorDefinition } from '../../../../index';
import { FlowContext } from '../bridge/flow-context';
import type { HandlerPlace } from '../wiring/wiring';
import { publishUnhandled, reactorOf, type Surroundings } from './surroundings';

/** Defines the reactor of a class with `@EventsHandler`. What it throws is also published as an unhandled exception. */
export function handlerReactor(
  place: HandlerPlace,
  events: Iterable<Type>,
  surroundings: Surroundings,
): EventProcessorDefinition {
  const handle = async (event: object): Promise<void> => {
    try {
      const handler = await handlerFor(event, place, surroundings);
      await handler.handle(event);
    } catch (error) {
      publishUnhandled(event, error, surroundings);
      throw error;
    }
  };
  return reactorOf(place, events, handle, surroundings);
}

/** A handler that depends on a request is made for each event, in the context in which the event was published. */
async function handlerFor(
  event: object,
  { wrapper, type }: HandlerPlace,
  { moduleRef }: Surroundings,
): Promise<IEventHandler> {
  if (wrapper.isDependencyTreeStatic()) return wrapper.instance;
  const context = AsyncContext.of(event) ?? new AsyncContext();
  // Others have been registered where they were made.
  if (context instanceof FlowContext) moduleRef.registerRequestByContextId(context, context.id);
  return moduleRef.resolve<IEventHandler>(wrapper.metatype ? (wrapper.metatype as Type) : type, context.id, {
    strict: false,
  });
}
