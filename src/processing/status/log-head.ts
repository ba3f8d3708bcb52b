import type { RecordedEvent } from '../../messages';
import type { EventStore, KnownHistory } from '../../store';

const PAGE_EVENTS = 1000;

/**
 * Finds the position of the last event: from where it was last, a page at a time, and in growing steps where much came
 * meanwhile. Where the last event that it knows is gone (an older backup was put in place), it begins anew.
 */
export class LogHead {
  #last: { readonly position: bigint; readonly id: string } | undefined;

  constructor(
    private readonly eventStore: EventStore,
    private readonly history: KnownHistory,
  ) {
    history.whenReplaced(() => {
      this.#last = undefined;
    });
  }

  /** Returns the position of the store's last event; 0n when it is empty. */
  async position(): Promise<bigint> {
    let step = BigInt(PAGE_EVENTS);
    // Only the first look is made from the event that is known: a store that reads wrongly must not keep this going for
    // ever.
    for (let first = true; ; first = false) {
      const known = this.#last;
      const after = known?.position ?? 0n;
      const page = await this.eventStore.readAll({ after: first && known ? after - 1n : after, limit: PAGE_EVENTS });
      if (first && known && page[0]?.id !== known.id) {
        if (this.#last === known) this.#last = undefined;
        continue;
      }
      this.#know(page.at(-1));
      if (page.length < PAGE_EVENTS) return this.#last?.position ?? 0n;
      step = await this.#leap(step);
    }
  }

  #know(event: RecordedEvent | undefined): void {
    if (!event || event.position <= (this.#last?.position ?? 0n)) return;
    this.#last = { position: event.position, id: event.id };
    this.history.saw(event);
  }

  /** Goes on by as large a step as there are events for. */
  async #leap(step: bigint): Promise<bigint> {
    const [beyond] = await this.eventStore.readAll({ after: (this.#last?.position ?? 0n) + step, limit: 1 });
    this.#know(beyond);
    if (beyond) return step * 4n;
    return step / 4n > BigInt(PAGE_EVENTS) ? step / 4n : BigInt(PAGE_EVENTS);
  }
}
