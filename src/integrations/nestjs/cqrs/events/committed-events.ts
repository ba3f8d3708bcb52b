import type { EventStore, RecordedEvent } from '../../../../index';

interface Expected {
  readonly position: bigint;
  readonly tell: () => void;
}

/**
 * Tells the subscribers of this process of events that it has stored in a transaction of the caller, when that has been
 * committed. They are not told of what was rolled back: events at later positions come before those of a transaction
 * only if it has ended without them.
 */
export class CommittedEvents {
  readonly #expected = new Map<string, Expected>();
  readonly #ending = new AbortController();
  #following: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Called when the events are stored in the transaction. */
  expect(events: readonly RecordedEvent[], tell: () => void): void {
    const last = events.at(-1);
    if (!last) return;
    this.#expected.set(last.id, { position: last.position, tell });
    this.#following ??= this.#follow(events[0]!.position - 1n);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  async #follow(after: bigint): Promise<void> {
    try {
      for await (const page of this.store.subscribe({ after, signal: this.#ending.signal })) {
        this.#read(page);
        if (this.#expected.size === 0) break;
      }
    } catch (error) {
      this.#expected.clear();
      this.failed(error);
    } finally {
      this.#following = undefined;
    }
  }

  #read(page: readonly RecordedEvent[]): void {
    for (const { id } of page) {
      const expected = this.#expected.get(id);
      this.#expected.delete(id);
      expected?.tell();
    }
    const { position } = page.at(-1)!;
    for (const [id, expected] of this.#expected) if (expected.position <= position) this.#expected.delete(id);
  }
}
