import type { EventContext, RecordedEvent } from '../messages';
import type { FollowerDefinition, FollowerHandler, ListenerContext, ProjectionContext } from './definition';
import { EffectsContext, EffectsListenerContext, type PageEffects } from './event-contexts';

/** Calls the handlers of a projection or durable listener. */
export class Handling {
  readonly #skipsReplays: boolean;

  constructor(
    readonly definition: FollowerDefinition,
    /** Makes what listeners dispatch with. */
    private readonly eventContext: (event: RecordedEvent) => EventContext,
  ) {
    const { kind, options } = definition;
    this.#skipsReplays = (options.replay ?? (kind === 'listener' ? 'skip' : 'run')) === 'skip';
  }

  /** Tells whether nothing at all happens in a replay. */
  get ignoresReplays(): boolean {
    return this.#skipsReplays && [...this.definition.handlers.values()].every(({ replay }) => !replay);
  }

  /** Returns who handles an event; undefined when nobody does. */
  handlerOf(event: RecordedEvent, replaying: boolean): FollowerHandler['handle'] | undefined {
    const handler = this.definition.handlers.get(event.name);
    if (!handler) return undefined;
    if (!replaying) return handler.handle;
    return handler.replay ?? (this.#skipsReplays ? undefined : handler.handle);
  }

  /** Calls the handler of an event; a promise only where the handler returns one. */
  call(handle: FollowerHandler['handle'], event: RecordedEvent, replaying: boolean, effects: PageEffects): unknown {
    const instance = this.definition.handlers.get(event.name)!.revive(event);
    return handle(instance, this.#context(event, replaying, effects));
  }

  #context(event: RecordedEvent, replaying: boolean, effects: PageEffects): ProjectionContext | ListenerContext {
    if (this.definition.kind === 'projection') return new EffectsContext(effects, event, replaying);
    return new EffectsListenerContext(this.definition.name, this.eventContext(event), replaying, effects.signal);
  }
}
