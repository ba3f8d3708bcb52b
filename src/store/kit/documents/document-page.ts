import type { DocumentPage } from '../../ports/projection-store';
import type { ResolvedQuery } from './document-query';

/** A document as a database returns it; the key is empty when the order is by id. */
export interface DocumentText {
  readonly id: string;
  readonly document: string;
  readonly key: string;
}

/**
 * Returns a page of the documents that a database found: one more than the limit if there is a next page. For store
 * authors.
 */
export function documentPage(found: readonly DocumentText[], { limit, cursor }: ResolvedQuery): DocumentPage {
  const items = found.slice(0, limit).map(({ id, document }) => ({ id, document: JSON.parse(document) as object }));
  return { items, cursor: found.length > limit ? cursor(found[limit - 1]!) : undefined };
}
