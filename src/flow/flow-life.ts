import type { InFlight } from '../concurrency';
import { isWithinHandler } from '../messages';
import type { EventStore } from '../store';
import { CloseWithinHandlerError } from './errors';
import type { EventBus } from './events/event-bus';
import type { ReadSide } from './read-side';
import type { Repositories } from './repositories';

const CLOSE_TIMEOUT_MS = 10_000;

/** What a Flow closes, or waits for when it closes. */
export interface FlowLifeParts {
  readonly running: InFlight;
  readonly readSide: ReadSide;
  readonly eventBus: EventBus | undefined;
  readonly repositories: Repositories;
  readonly eventStore: EventStore;
  /** How long to wait for the listeners of the event bus, in milliseconds; default 10,000. */
  readonly timeout: number | undefined;
}

/** Starts and closes a Flow, and knows its state. */
export class FlowLife {
  #isOver = false;
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: FlowLifeParts) {}

  /** True when nothing new is accepted from outside. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** True when nothing is in progress: from here on contexts that were kept are refused, too. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Starts to follow, but only after the constructor's caller has continued. */
  begin(): void {
    setImmediate(() => this.#closing || this.parts.readSide.processors.start());
  }

  /** See `Flow.close()`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    if (!isWithinHandler()) return this.#closing;
    // The flow closes anyway when the handler is done; only a caller that awaits it in the handler would wait forever.
    const refused = Promise.reject(new CloseWithinHandlerError());
    refused.catch(() => undefined);
    return refused;
  }

  async #close(): Promise<void> {
    const { running, readSide, eventBus, repositories, eventStore, timeout = CLOSE_TIMEOUT_MS } = this.parts;
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
