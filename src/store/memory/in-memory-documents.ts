import { compareTexts } from '../kit/documents/document-keys';
import type { DocumentPlace, ResolvedQuery } from '../kit/documents/document-query';
import type { KnownSchema, PreparedWrite } from '../kit/projections/projection-checks';
import type { DocumentPage } from '../ports/projection-store';

interface Entry {
  readonly id: string;
  readonly document: object;
  readonly keys: readonly string[];
}

/** The documents of one version of a read model. */
export class InMemoryDocuments {
  readonly #byId = new Map<string, Entry>();
  /** All entries, by what they were ordered by last; gone with the next write. */
  readonly #sorted = new Map<number | undefined, readonly Entry[]>();

  constructor(readonly schema: KnownSchema) {}

  get(id: string): object | undefined {
    return this.#byId.get(id)?.document;
  }

  write(writes: readonly PreparedWrite[]): void {
    for (const { id, document, keys } of writes) {
      if (document === null) this.#byId.delete(id);
      else this.#byId.set(id, { id, document, keys });
    }
    this.#sorted.clear();
  }

  find({ filters, order, descending, limit, after, cursor }: ResolvedQuery): DocumentPage {
    const entries = this.#inOrder(order);
    const place = ({ id, keys }: Entry): DocumentPlace => ({ key: order === undefined ? '' : keys[order]!, id });
    const wanted = filters.map(({ index, keys }) => ({ index, keys: new Set(keys) }));
    const step = descending ? -1 : 1;
    const found: Entry[] = [];
    for (let at = descending ? entries.length - 1 : 0; found.length <= limit && entries[at] !== undefined; at += step) {
      const entry = entries[at]!;
      if (after && comparePlaces(place(entry), after) * step <= 0) continue;
      if (wanted.every(({ index, keys }) => keys.has(entry.keys[index]!))) found.push(entry);
    }
    const items = found.slice(0, limit).map(({ id, document }) => ({ id, document }));
    return { items, cursor: found.length > limit ? cursor(place(found[limit - 1]!)) : undefined };
  }

  #inOrder(order: number | undefined): readonly Entry[] {
    let entries = this.#sorted.get(order);
    if (!entries) {
      const byKey = (one: Entry, other: Entry): number =>
        order === undefined ? 0 : compareTexts(one.keys[order]!, other.keys[order]!);
      entries = [...this.#byId.values()].sort((one, other) => byKey(one, other) || compareTexts(one.id, other.id));
      this.#sorted.set(order, entries);
    }
    return entries;
  }
}

const comparePlaces = (one: DocumentPlace, other: DocumentPlace): number =>
  compareTexts(one.key, other.key) || compareTexts(one.id, other.id);
