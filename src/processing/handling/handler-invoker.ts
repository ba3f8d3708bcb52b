import { isPromise } from '../../concurrency';
import {
  type CurrentEvent,
  type EventContext,
  type EventReader,
  type FieldsCodec,
  HANDLING,
  type RecordedEvent,
} from '../../messages';
import type {
  EventProcessorDefinition,
  EventProcessorHandler,
  ProjectionContext,
  ReactorContext,
} from '../definition/definition';
import { fieldsOf } from '../definition/document-fields';
import { EffectsContext, EffectsReactorContext, type PageEffects } from './event-contexts';
import { type Thrown, thrownBy } from './thrown';

/** An event on its way to its handler. */
export interface HandledEvent {
  readonly event: CurrentEvent;
  readonly handle: EventProcessorHandler['handle'];
  readonly replaying: boolean;
  /** The next part of the same stored event that has a handler. */
  readonly next?: HandledEvent | undefined;
}

/** The frame that waits for a handler that returned a promise. */
const LATER = `${HANDLING}, until it is over`;

/** Calls the handlers of a projection or reactor. */
export class HandlerInvoker {
  /** The names under which the events that have a handler, or become one that has, are stored. */
  readonly eventNames: ReadonlySet<string>;
  /** Converts fields of the documents, where there are codecs. */
  readonly fields: FieldsCodec | undefined;
  readonly #skipsReplays: boolean;

  constructor(
    readonly definition: EventProcessorDefinition,
    private readonly reader: EventReader,
    /** Creates the functions with which reactors dispatch; projections need none. */
    private readonly eventContext?: (event: RecordedEvent) => EventContext,
  ) {
    const { kind, options, handlers } = definition;
    this.fields = fieldsOf(definition);
    this.eventNames = reader.storedNames(handlers.keys());
    this.#skipsReplays = (options.replay ?? (kind === 'reactor' ? 'skip' : 'run')) === 'skip';
  }

  /** Tells whether a replay runs no handler at all. */
  get ignoresReplays(): boolean {
    return this.#skipsReplays && [...this.definition.handlers.values()].every(({ replay }) => !replay);
  }

  /**
   * Returns a stored event in its current version, with its handler; undefined if there is none.
   * @throws NewerEventError, MissingUpcasterError, UpcastFailedError
   */
  handled(event: RecordedEvent, replaying: boolean): HandledEvent | undefined {
    if (!this.eventNames.has(event.name)) return undefined;
    const read = this.reader.read(event);
    if (isParts(read)) return this.#parts(read, replaying);
    const handle = this.#handlerOf(read, replaying);
    return handle && { event: read, handle, replaying };
  }

  /** Calls the handlers of a stored event, and returns what they, or reading it, has thrown: see {@link take}. */
  handle(
    event: RecordedEvent,
    replaying: boolean,
    effects: PageEffects,
  ): Promise<Thrown | undefined> | Thrown | undefined {
    let handled: HandledEvent | undefined;
    try {
      handled = this.handled(event, replaying);
    } catch (error) {
      return thrownBy(error);
    }
    return handled && this.take(handled, effects);
  }

  #parts(parts: readonly CurrentEvent[], replaying: boolean): HandledEvent | undefined {
    let next: HandledEvent | undefined;
    for (let index = parts.length - 1; index >= 0; index--) {
      const event = parts[index]!;
      const handle = this.#handlerOf(event, replaying);
      if (handle) next = { event, handle, replaying, next };
    }
    return next;
  }

  #handlerOf({ name }: CurrentEvent, replaying: boolean): EventProcessorHandler['handle'] | undefined {
    const handler = this.definition.handlers.get(name);
    if (!handler) return undefined;
    if (!replaying) return handler.handle;
    return handler.replay ?? (this.#skipsReplays ? undefined : handler.handle);
  }

  /**
   * Calls the handler with an event, and returns what it threw; its writes are then undone.
   * Without a promise if there is nothing to wait for.
   * @throws the error of the store when it was asked for a document, whatever the handler made of it
   */
  take(event: HandledEvent, effects: PageEffects): Promise<Thrown | undefined> | Thrown | undefined {
    const { documents, work } = effects;
    documents.begin();
    work?.begin();
    return event.next ? this.#takeParts(event, effects) : this[HANDLING](event, effects);
  }

  /** The parts of one stored event count together: what one of them throws undoes the writes of all. */
  async #takeParts(first: HandledEvent, effects: PageEffects): Promise<Thrown | undefined> {
    for (let part: HandledEvent | undefined = first; part; part = part.next) {
      const thrown = await this[HANDLING](part, effects);
      if (thrown) return thrown;
    }
    return undefined;
  }

  /** @internal */
  [HANDLING](
    { event, handle, replaying }: HandledEvent,
    effects: PageEffects,
  ): Promise<Thrown | undefined> | Thrown | undefined {
    let context: ProjectionContext | ReactorContext | undefined;
    let thrown: Thrown | undefined;
    try {
      const instance = this.definition.handlers.get(event.name)!.revive(event);
      context = this.#context(event, replaying, effects);
      const result: unknown = handle(instance, context);
      if (isPromise(result)) return this[LATER](result, event, effects, context);
    } catch (error) {
      thrown = thrownBy(error);
    }
    const unread = readsLeft(context);
    return unread ? unread.then(() => outcomeOf(event, effects, thrown)) : outcomeOf(event, effects, thrown);
  }

  /** @internal */
  async [LATER](
    result: PromiseLike<unknown>,
    event: RecordedEvent,
    effects: PageEffects,
    context: ProjectionContext | ReactorContext | undefined,
  ): Promise<Thrown | undefined> {
    let thrown: Thrown | undefined;
    try {
      await result;
    } catch (error) {
      thrown = thrownBy(error);
    }
    await readsLeft(context);
    return outcomeOf(event, effects, thrown);
  }

  #context(event: RecordedEvent, replaying: boolean, effects: PageEffects): ProjectionContext | ReactorContext {
    if (this.definition.kind === 'projection') return new EffectsContext(effects, event, replaying);
    return new EffectsReactorContext(this.definition.name, this.eventContext!(event), replaying, effects.signal);
  }
}

const isParts = (read: CurrentEvent | readonly CurrentEvent[]): read is readonly CurrentEvent[] => Array.isArray(read);

/** Called when the handler has ended. Returns a promise if the handler did not await all of its reads. */
const readsLeft = (context: ProjectionContext | ReactorContext | undefined): Promise<void> | undefined =>
  context instanceof EffectsContext ? context.documents.end() : undefined;

function outcomeOf(
  event: RecordedEvent,
  { documents, work }: PageEffects,
  thrown: Thrown | undefined,
): Thrown | undefined {
  const failure = thrown ?? documents.takeLate(event);
  if (failure) {
    documents.undo();
    work?.undo();
  }
  if (documents.storeFailure) throw documents.storeFailure.error;
  return failure;
}
