import type { EventBus, EventListener } from '../../flow';
import { EventReader, eventTypeOf } from '../../messages';
import type { ContainerAdapter } from '../container/container-adapter';
import type { Components, HandlerClass } from '../discovery/components';
import { WiringError } from '../errors';
import { cannotBeMade } from './trials';

/** Creates the listeners now, so that a failure is known before the first command, and only then subscribes them. */
export function subscribeListeners(
  { handlerClasses }: Components,
  eventBus: EventBus,
  container: ContainerAdapter,
): void {
  const faults: string[] = [];
  const made: Record<string, EventListener[]>[] = [];
  for (const { type, events, queries, processor } of handlerClasses) {
    if (events.size + queries.size === 0) continue;
    try {
      const instance = container.resolve<any>(type);
      if (!processor) made.push(listenersOf(instance, events));
    } catch (error) {
      faults.push(cannotBeMade(type, error));
    }
  }
  if (faults.length > 0) throw new WiringError(faults);
  for (const listeners of made) if (Object.keys(listeners).length > 0) eventBus.subscribe(listeners);
}

function listenersOf(listener: any, events: HandlerClass['events']): Record<string, EventListener[]> {
  return Object.fromEntries(
    [...events].map(([event, handlers]) => {
      const type = eventTypeOf(event);
      const revived = EventReader.reviving(type);
      return [
        type.name,
        handlers.map(({ method }): EventListener => {
          const listen: EventListener = (recorded, context) => listener[method](revived(recorded), context);
          return Object.defineProperty(listen, 'name', { value: `${listener.constructor.name}.${String(method)}` });
        }),
      ];
    }),
  );
}
