import { hasBothRoles } from '../../decorators';
import type { FlowParts } from '../../flow';
import { type ClassReference, eventTypeOf, messageName } from '../../messages';
import { definitionOf, type FoundHandler } from '../../model';
import {
  type EventProcessorDefinition,
  type EventProcessorHandler,
  eventProcessorFaults,
  type ProjectionHandler,
  unhandledCommandFaults,
} from '../../processing';
import type { ContainerAdapter } from '../container/container-adapter';
import type { Components, HandlerClass } from './components';

type Handlers = readonly FoundHandler[];
/** A class that follows events, and its definition. */
export interface EventProcessorClass {
  readonly type: HandlerClass['type'];
  readonly definition: EventProcessorDefinition;
}

/**
 * Creates a definition of each class marked with `@Projection` or `@Reactor`, whose instance is resolved when the first
 * event arrives, and lists the process managers.
 */
export function eventProcessorClasses(
  { handlerClasses, processes }: Components,
  container: ContainerAdapter,
): EventProcessorClass[] {
  const following = handlerClasses.flatMap(handlerClass => {
    const { type, processor } = handlerClass;
    if (!processor) return [];
    let made: any;
    const instance = (): any => (made ??= container.resolve<any>(type));
    return [{ type, definition: { ...processor, handlers: handlersOf(handlerClass, instance) } }];
  });
  return [...following, ...processes];
}

function handlersOf({ events, replays }: HandlerClass, instance: () => any): Map<string, EventProcessorHandler> {
  return new Map(
    [...events].map(([event, handlers]) => {
      const type = eventTypeOf(event);
      const replay = replays.get(event);
      const handler: EventProcessorHandler = {
        handle: calling(handlers, instance),
        ...(replay && { replay: calling(replay, instance) }),
        type: event,
        revive: recorded => type.revive(recorded),
      };
      return [type.name, handler];
    }),
  );
}

/** Several methods for one event are called one after another. */
function calling(handlers: Handlers, instance: () => any): ProjectionHandler {
  const [first, ...others] = handlers.map(({ method }) => method);
  if (others.length === 0) return (event, context) => instance()[first!](event, context);
  return async (event, context) => {
    for (const method of [first!, ...others]) await instance()[method](event, context);
  };
}

/** Finds the faults of the classes that follow events: of their decorators, and of their definitions. */
export function eventProcessorClassFaults(
  components: Components,
  classes: readonly EventProcessorClass[],
  given: readonly EventProcessorDefinition[],
  { eventStore, follow = true }: Pick<Partial<FlowParts>, 'eventStore' | 'follow'>,
): string[] {
  const definitions = [...classes.map(({ definition }) => definition), ...given];
  const names = new Map(classes.map(({ type, definition }) => [definition, type.name]));
  const placeOf = (definition: EventProcessorDefinition): string =>
    names.get(definition) ?? `The ${definition.kind} '${definition.name}'`;
  return [
    ...components.handlerClasses.flatMap(roleFaults),
    ...eventProcessorFaults(definitions, eventStore, placeOf),
    // Where nothing is followed, nothing is sent.
    ...(follow ? unhandledCommandFaults(definitions, commandsOf(components), placeOf) : []),
  ];
}

const commandsOf = ({ aggregates, handlerClasses }: Components): Set<string> =>
  new Set([
    ...[...aggregates].flatMap(aggregate => [...definitionOf(aggregate).commands.keys()]),
    ...handlerClasses.flatMap(({ commands }) => [...commands.keys()].map(messageName)),
  ]);

function roleFaults({ type, commands, events, replays, processor }: HandlerClass): string[] {
  const faults: string[] = [];
  const { name } = type;
  if (hasBothRoles(type))
    faults.push(
      `${name} is marked with @Projection and with @Reactor. Keep one, and move the other's handlers to a class of their own.`,
    );
  if (processor && commands.size > 0)
    faults.push(
      `${name} follows events, but it has command handlers, whose class is created for each command. Move them to a class of their own.`,
    );
  if (!processor && replays.size > 0)
    faults.push(`${name} has a @ReplayHandler, but replays nothing. Write @Projection or @Reactor above the class.`);
  if (processor)
    for (const event of without(replays, events))
      faults.push(`${name} handles ${messageName(event)} in replays only. Add an @EventHandler for it.`);
  if (processor?.options?.replay === 'skip' && replays.size > 0)
    faults.push(
      `${name} has the option replay: 'skip' and a @ReplayHandler, which would never be called. Remove one of them.`,
    );
  return faults;
}

const without = (
  some: ReadonlyMap<ClassReference, Handlers>,
  others: ReadonlyMap<ClassReference, Handlers>,
): ClassReference[] => [...some.keys()].filter(event => !others.has(event));
