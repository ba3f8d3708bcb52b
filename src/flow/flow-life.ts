import type { InFlight } from '../concurrency';
import { isWithinHandler } from '../messages';
import type { EventStore } from '../store';
import { CloseWithinHandlerError } from './errors';
import type { EventBus } from './events/event-bus';
import type { ReadSide } from './read-side';
import type { Repositories } from './repositories';

/** What a Flow closes, or waits for when it closes. */
export interface FlowLifeParts {
  readonly running: InFlight;
  readonly readSide: ReadSide;
  readonly eventBus: EventBus | undefined;
  readonly repositories: Repositories;
  readonly eventStore: EventStore;
  /** How long the listeners of the event bus are waited for, in milliseconds. */
  readonly timeout: number;
}

/** How a Flow starts to follow and how it closes, and how far it is with that. */
export class FlowLife {
  #isOver = false;
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: FlowLifeParts) {}

  /** Nothing new is taken from outside any more. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Nothing is under way any more: from here on contexts that were kept are refused, too. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Starts to follow, but not before its maker is done with it. */
  begin(): void {
    setImmediate(() => this.#closing || this.parts.readSide.processors.start());
  }

  /** See `Flow.close()`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    if (!isWithinHandler()) return this.#closing;
    // The flow closes all the same, when the handler is done: only who awaits it there would wait for ever.
    const refused = Promise.reject(new CloseWithinHandlerError());
    refused.catch(() => undefined);
    return refused;
  }

  async #close(): Promise<void> {
    const { running, readSide, eventBus, repositories, eventStore, timeout } = this.parts;
    readSide.endWatches();
    let drained = true;
    do {
      await running.idle();
      if (drained && eventBus) drained = await eventBus.drain({ timeout });
      await readSide.processors.close();
    } while (running.busy);
    this.#isOver = true;
    await repositories.drain();
    await eventStore.close();
  }
}
