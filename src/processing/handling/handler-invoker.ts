import { isPromise } from '../../concurrency';
import { type EventContext, HANDLING, type RecordedEvent } from '../../messages';
import type {
  EventProcessorDefinition,
  EventProcessorHandler,
  ProjectionContext,
  ReactorContext,
} from '../definition/definition';
import { EffectsContext, EffectsReactorContext, type PageEffects } from './event-contexts';
import { type Thrown, thrownBy } from './thrown';

/** An event on its way to its handler. */
export interface HandledEvent {
  readonly event: RecordedEvent;
  readonly handle: EventProcessorHandler['handle'];
  readonly replaying: boolean;
}

/** The frame that waits for a handler that returned a promise. */
const LATER = `${HANDLING}, until it is over`;

/** Calls the handlers of a projection or reactor. */
export class HandlerInvoker {
  /** The names under which the events that have a handler are stored. */
  readonly eventNames: ReadonlySet<string>;
  readonly #skipsReplays: boolean;

  constructor(
    readonly definition: EventProcessorDefinition,
    /** Creates the functions with which reactors dispatch; projections need none. */
    private readonly eventContext?: (event: RecordedEvent) => EventContext,
  ) {
    const { kind, options, handlers } = definition;
    this.eventNames = new Set(handlers.keys());
    this.#skipsReplays = (options.replay ?? (kind === 'reactor' ? 'skip' : 'run')) === 'skip';
  }

  /** Tells whether a replay runs no handler at all. */
  get ignoresReplays(): boolean {
    return this.#skipsReplays && [...this.definition.handlers.values()].every(({ replay }) => !replay);
  }

  /** Returns the handler of an event, or undefined if there is none. */
  handlerOf(event: RecordedEvent, replaying: boolean): EventProcessorHandler['handle'] | undefined {
    const handler = this.definition.handlers.get(event.name);
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
    return this[HANDLING](event, effects);
  }

  /** @internal */
  [HANDLING](
    { event, handle, replaying }: HandledEvent,
    effects: PageEffects,
  ): Promise<Thrown | undefined> | Thrown | undefined {
    const { documents, work } = effects;
    documents.begin();
    work?.begin();
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
