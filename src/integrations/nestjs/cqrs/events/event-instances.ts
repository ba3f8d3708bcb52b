import type { Type } from '@nestjs/common';
import { AsyncContext } from '@nestjs/cqrs';
import type { RecordedEvent } from '../../../../index';
import { eventTypeOf, type NewEvent } from '../../../../store-kit';
import { withoutContext } from '../bridge/prepared-message';

/** How many asynchronous contexts of events that were published lately are kept, for handlers in this process. */
const MAX_CONTEXTS = 1000;

/** Turns instances of event classes into events to store, and back. */
export class EventInstances {
  readonly #contexts = new Map<string, AsyncContext>();

  /** @throws UnstorableValueError, BundledNameError, InvalidPayloadError */
  toStore(event: object, type: Type, id: string): NewEvent {
    const context = AsyncContext.of(event);
    const sealed = eventTypeOf(type).seal(withoutContext(event));
    if (context) this.#keep(id, context);
    return { id, name: sealed.name, ...versionOf(sealed) };
  }

  /**
   * Returns an instance of the event's class that is not frozen itself, as an asynchronous context may be attached: the
   * one in which it was published, if that was in this process, otherwise the given one.
   */
  revived(event: RecordedEvent, type: Type, context?: AsyncContext): object {
    const read = event as Parameters<ReturnType<typeof eventTypeOf>['revive']>[0];
    const revived: object = eventTypeOf(type).revive(read);
    const instance = Object.isFrozen(revived)
      ? Object.assign(Object.create(Object.getPrototypeOf(revived)), revived)
      : revived;
    (this.#contexts.get(event.id) ?? context)?.attachTo(instance);
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
