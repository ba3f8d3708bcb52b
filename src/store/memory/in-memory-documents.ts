import type { ResolvedQuery } from '../kit/documents/document-query';
import { type HeldDocument, orderedDocuments, pageOfOrdered } from '../kit/documents/find-documents';
import type { KnownSchema, PreparedWrite } from '../kit/projections/projection-checks';
import type { DocumentPage } from '../ports/projection-store';

/** The documents of one version of a read model. */
export class InMemoryDocuments {
  readonly #byId = new Map<string, HeldDocument>();
  /** All documents in the last requested order; dropped with the next write. */
  readonly #ordered = new Map<number | undefined, readonly HeldDocument[]>();

  constructor(readonly schema: KnownSchema) {}

  get(id: string): object | undefined {
    return this.#byId.get(id)?.document;
  }

  write(writes: readonly PreparedWrite[]): void {
    for (const { id, document, keys } of writes) {
      if (document === null) this.#byId.delete(id);
      else this.#byId.set(id, { id, document, keys });
    }
    this.#ordered.clear();
  }

  find(query: ResolvedQuery): DocumentPage {
    let ordered = this.#ordered.get(query.order);
    if (!ordered) {
      ordered = orderedDocuments(this.#byId.values(), query.order);
      this.#ordered.set(query.order, ordered);
    }
    return pageOfOrdered(ordered, query);
  }
}
