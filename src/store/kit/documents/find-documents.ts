import type { DocumentPage } from '../../ports/projection-store';
import { compareTexts } from './document-keys';
import type { DocumentPlace, ResolvedQuery } from './document-query';

/** A document in memory, with its keys in the order of the indexes. */
export interface HeldDocument {
  readonly id: string;
  readonly document: object;
  readonly keys: readonly string[];
}

/** Returns documents in the ascending order of a query; `order` is that of `ResolvedQuery`. */
export function orderedDocuments(
  documents: Iterable<HeldDocument>,
  order: number | undefined,
): readonly HeldDocument[] {
  return [...documents].sort((one, other) => comparePlaces(placeOf(one, order), placeOf(other, order)));
}

/** Finds a page among documents that are in the ascending order of the query. */
export function pageOfOrdered(
  documents: readonly HeldDocument[],
  { filters, order, descending, limit, after, cursor }: ResolvedQuery,
): DocumentPage {
  const wanted = filters.map(({ index, keys }) => ({ index, keys: new Set(keys) }));
  const step = descending ? -1 : 1;
  const found: HeldDocument[] = [];
  let at = descending ? documents.length - 1 : 0;
  for (; found.length <= limit && documents[at] !== undefined; at += step) {
    const held = documents[at]!;
    if (after && comparePlaces(placeOf(held, order), after) * step <= 0) continue;
    if (wanted.every(({ index, keys }) => keys.has(held.keys[index]!))) found.push(held);
  }
  const items = found.slice(0, limit).map(({ id, document }) => ({ id, document }));
  return { items, cursor: found.length > limit ? cursor(placeOf(found[limit - 1]!, order)) : undefined };
}

/** Finds a page among documents in memory, in any order. For store authors. */
export const findDocuments = (documents: Iterable<HeldDocument>, query: ResolvedQuery): DocumentPage =>
  pageOfOrdered(orderedDocuments(documents, query.order), query);

const placeOf = ({ id, keys }: HeldDocument, order: number | undefined): DocumentPlace => ({
  key: order === undefined ? '' : keys[order]!,
  id,
});

const comparePlaces = (one: DocumentPlace, other: DocumentPlace): number =>
  compareTexts(one.key, other.key) || compareTexts(one.id, other.id);
