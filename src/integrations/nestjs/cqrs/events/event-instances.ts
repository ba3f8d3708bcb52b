import type { Type } from '@nestjs/common';
import { ASYNC_CONTEXT_ATTRIBUTE, AsyncContext } from '@nestjs/cqrs';
import type { RecordedEvent } from '../../../../index';
import { eventTypeOf, type NewEvent } from '../../../../store-kit';

/** How many asynchronous contexts of events that were published lately are kept, for handlers in this process. */
const MAX_CONTEXTS = 1000;

/** Turns instances of event classes into events to store, and back. */
export class EventInstances {
  readonly #contexts = new Map<string, AsyncContext>();

  /** @throws UnstorableValueError, BundledNameError, InvalidPayloadError */
  toStore(event: object, type: Type, id: string): NewEvent {
    const context = AsyncContext.of(event);
    const sealed = eventTypeOf(type).seal(context ? withoutContext(event) : event);
    if (context) this.#keep(id, context);
    return { id, name: sealed.name, ...versionOf(sealed) };
  }

  /** Returns an instance of the event's class that is not frozen itself, as an asynchronous context may be attached. */
  revived(event: RecordedEvent, type: Type): object {
    const read = event as Parameters<ReturnType<typeof eventTypeOf>['revive']>[0];
    const revived: object = eventTypeOf(type).revive(read);
    const instance = Object.isFrozen(revived)
      ? Object.assign(Object.create(Object.getPrototypeOf(revived)), revived)
      : revived;
    this.#contexts.get(event.id)?.attachTo(instance);
    return instance;
  }

  #keep(id: string, context: AsyncContext): void {
    this.#contexts.set(id, context);
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size > MAX_CONTEXTS) this.#contexts.delete(oldest!);
  }
}

type Sealed = ReturnType<ReturnType<typeof eventTypeOf>['seal']>;

const versionOf = ({ stored, schemaVersion, payload }: Sealed): Pick<NewEvent, 'schemaVersion' | 'payload'> =>
  stored ?? { schemaVersion, payload };

/** The context is a hidden property of the event, which would not be stored. */
function withoutContext(event: object): object {
  const properties = Object.getOwnPropertyDescriptors(event);
  delete (properties as Record<symbol, unknown>)[ASYNC_CONTEXT_ATTRIBUTE];
  return Object.create(Object.getPrototypeOf(event), properties);
}
