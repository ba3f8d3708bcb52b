import { Gathered } from '../../concurrency';
import type { RecordedEvent } from '../../messages';
import type { EventStore, KnownHistory } from '../../store';

const PAGE_EVENTS = 1000;

/**
 * Finds the position of the last event: first by reading backward, then from the last known position, a page at a time,
 * and in growing steps if there are many new events. If the last known event is gone, because an older backup was
 * restored, it starts again.
 */
export class LogHead {
  /** Callers that ask at the same time share an answer. */
  readonly #asked = new Gathered<null, bigint>(
    () => '',
    () => [this.#find()],
  );
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
  position(): Promise<bigint> {
    return this.#asked.ask(null);
  }

  async #find(): Promise<bigint> {
    if (!this.#last) await this.#jump();
    let step = BigInt(PAGE_EVENTS);
    // Only the first read starts at the known event, so that a store that returns wrong pages cannot cause an endless
    // loop.
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

  /** Starts at the end if the store can read backward. A store that ignores the direction returns its first events. */
  async #jump(): Promise<void> {
    const [last, before] = await this.eventStore.readAll({ direction: 'backward', limit: 2 });
    if (last && before && last.position > before.position) this.#know(last);
  }

  #know(event: RecordedEvent | undefined): void {
    if (!event || event.position <= (this.#last?.position ?? 0n)) return;
    this.#last = { position: event.position, id: event.id };
    this.history.saw(event);
  }

  /** Continues with the largest step that still finds events. */
  async #leap(step: bigint): Promise<bigint> {
    const [beyond] = await this.eventStore.readAll({ after: (this.#last?.position ?? 0n) + step, limit: 1 });
    this.#know(beyond);
    if (beyond) return step * 4n;
    return step / 4n > BigInt(PAGE_EVENTS) ? step / 4n : BigInt(PAGE_EVENTS);
  }
}
