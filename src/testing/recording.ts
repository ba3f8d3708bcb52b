import type { RecordedEvent } from '../messages';
import type { EventProcessorDefinition, EventProcessorHandler } from '../processing';

/** A command that was dispatched in a test. */
export interface RecordedCommand {
  readonly name: string;
  readonly command: object;
  /** The events it led to, once it is done. */
  readonly events?: readonly RecordedEvent[];
  /** The error that it rejected with. */
  readonly error?: unknown;
}

/** One completed call of a listener or reactor. */
export interface RecordedEffect {
  /** The name of a reactor, or the class and method of any other listener, such as `Log.created`. */
  readonly listener: string;
  readonly event: RecordedEvent;
  /** The error that it threw; a reactor is called again then. */
  readonly error?: unknown;
}

/** Returns the handlers of a definition with a wrapper around each call. */
export function adjustedHandlers(
  { handlers }: EventProcessorDefinition,
  around: (event: RecordedEvent, handle: () => unknown) => unknown,
): ReadonlyMap<string, EventProcessorHandler> {
  const wrapped =
    (handle: EventProcessorHandler['handle']): EventProcessorHandler['handle'] =>
    (payload, context) =>
      around(context.event, () => handle(payload, context));
  return new Map(
    [...handlers].map(([name, { handle, replay, ...rest }]) => [
      name,
      { ...rest, handle: wrapped(handle), ...(replay && { replay: wrapped(replay) }) },
    ]),
  );
}

/** Records what a flow does in a test, and counts its work in progress. */
export class Recording {
  readonly commands: RecordedCommand[] = [];
  readonly events: RecordedEvent[] = [];
  readonly effects: RecordedEffect[] = [];
  #begun = 0;
  #underWay = 0;

  /** Grows with every recorded event, command and call. */
  get moves(): number {
    return this.#begun + this.events.length;
  }

  get busy(): boolean {
    return this.#underWay > 0;
  }

  readonly published = (event: RecordedEvent): void => void this.events.push(event);

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#begun++;
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }

  /** Records a command when it starts, so that commands are in the order of their starts. */
  command<T extends { readonly events: readonly RecordedEvent[] }>(
    name: string,
    command: object,
    next: () => Promise<T>,
  ): Promise<T> {
    const index = this.commands.push({ name, command }) - 1;
    return this.during(async () => {
      try {
        const outcome = await next();
        this.commands[index] = { name, command, events: outcome.events };
        return outcome;
      } catch (error) {
        this.commands[index] = { name, command, error };
        throw error;
      }
    });
  }

  effect(listener: string, event: RecordedEvent, handle: () => unknown): Promise<unknown> {
    return this.during(async () => {
      try {
        const result = await handle();
        this.effects.push({ listener, event });
        return result;
      } catch (error) {
        this.effects.push({ listener, event, error });
        throw error;
      }
    });
  }
}
