/** The order of a list of due items. */
export interface DuePlace {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly dueAt: number;
  readonly entry: bigint;
}

/** Keeps items in the order in which they come due; items due at the same moment, by their entries. */
export class DueList<Item extends DuePlace> {
  readonly #items: Item[] = [];

  add(item: Item): void {
    this.#items.splice(this.#placeOf(item), 0, item);
  }

  /** Removes the item at this place, if there is one. */
  delete(place: DuePlace): void {
    const index = this.#placeOf(place);
    if (this.#items[index]?.entry === place.entry) this.#items.splice(index, 1);
  }

  /** Yields the due items, the earliest first. */
  *due(now: number): Iterable<Item> {
    for (const item of this.#items) {
      if (item.dueAt > now) return;
      yield item;
    }
  }

  /** Returns when the next item is due that is not due yet. */
  nextAfter(now: number): number | undefined {
    return this.#items[this.#placeOf({ dueAt: now + 1, entry: 0n })]?.dueAt;
  }

  /** Returns the index of the first item that is not before a place. */
  #placeOf({ dueAt, entry }: DuePlace): number {
    let [from, to] = [0, this.#items.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const item = this.#items[middle]!;
      if (item.dueAt < dueAt || (item.dueAt === dueAt && item.entry < entry)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
