import {
  checkedElsewhere,
  either,
  isPlainObject,
  isStorableText,
  must,
  needed,
  type OptionChecks,
  oneOf,
  optionFaults,
  options,
  shownValue,
} from '../../../messages';
import { InvalidDocumentQueryError } from '../../ports/projection-errors';
import type { DocumentQuery } from '../../ports/projection-store';
import { documentKey } from './document-keys';

/** How many documents a page holds at most. */
const MAX_DOCUMENTS = 1000;
const DEFAULT_DOCUMENTS = 100;
const MAX_VALUES = 1000;

const isText = (value: unknown): boolean => typeof value === 'string';

type Ordering = Exclude<DocumentQuery['orderBy'], string | undefined>;

const ORDERING: OptionChecks<Ordering> = {
  field: needed(must('a field', isText)),
  direction: needed(oneOf('asc', 'desc')),
};
const QUERY: OptionChecks<DocumentQuery> = {
  where: must('an object of values by field', isPlainObject),
  orderBy: either(isText, options(ORDERING, 'a field, or { field, direction }')),
  limit: checkedElsewhere,
  after: checkedElsewhere,
};

/** A checked query, expressed in keys and in places of fields among the indexes. */
export interface ResolvedQuery {
  /** The key at `index` must be one of `keys`. */
  readonly filters: readonly { readonly index: number; readonly keys: readonly string[] }[];
  /** The place of the field to order by; undefined for the id. */
  readonly order: number | undefined;
  readonly descending: boolean;
  readonly limit: number;
  /** Only documents after this place; the key is empty when the order is by id. */
  readonly after: DocumentPlace | undefined;
  /** Returns the cursor of the next page, from the last document of this one. */
  readonly cursor: (last: DocumentPlace) => string;
}

/** The place of a document in an order. */
export interface DocumentPlace {
  readonly key: string;
  readonly id: string;
}

/**
 * Checks a query and resolves it into keys. For store authors.
 * @throws InvalidDocumentQueryError
 */
export function resolveQuery(readModel: string, indexes: readonly string[], query: DocumentQuery = {}): ResolvedQuery {
  const faults = optionFaults(query, QUERY);
  const { where, orderBy, limit = DEFAULT_DOCUMENTS, after: cursor } = query ?? {};
  const filters = Object.entries(isPlainObject(where) ? where! : {}).map(([field, wanted]) => ({
    index: indexOf(field, 'where', indexes, faults),
    keys: wantedKeys(field, wanted, faults),
  }));
  const { field, direction } = isPlainObject(orderBy) ? (orderBy as Ordering) : { field: orderBy, direction: 'asc' };
  const order = typeof field === 'string' ? indexOf(field, 'orderBy', indexes, faults) : undefined;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_DOCUMENTS) {
    faults.push(`limit is ${shownValue(limit)}; it must be an integer from 1 to ${MAX_DOCUMENTS}.`);
  }
  const ordering = [field ?? null, direction];
  const after = cursor === undefined ? undefined : placeOf(cursor, ordering, faults);
  if (faults.length > 0) throw new InvalidDocumentQueryError(readModel, faults);
  return { filters, order, descending: direction === 'desc', limit, after, cursor: last => encoded(ordering, last) };
}

function indexOf(field: unknown, where: string, indexes: readonly string[], faults: string[]): number {
  const index = indexes.indexOf(field as string);
  if (index >= 0) return index;
  const known = indexes.length === 0 ? 'it has none' : `its indexes are ${indexes.map(name => `'${name}'`).join(', ')}`;
  faults.push(`${where} names ${shownValue(field)}, which is not an index of the read model: ${known}.`);
  return -1;
}

function wantedKeys(field: string, wanted: unknown, faults: string[]): readonly string[] {
  const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  if (values.length > MAX_VALUES)
    faults.push(`where.${field} lists ${values.length} values; the limit is ${MAX_VALUES}.`);
  const keys = new Set<string>();
  for (const value of values) {
    if (!isValue(value)) {
      faults.push(
        `where.${field} is ${shownValue(value)}; it must be text, a number, a boolean, null (also for what is missing) or a list of those.`,
      );
      break;
    }
    // No document has text that cannot be stored, so the database need not be asked.
    if (typeof value !== 'string' || isStorableText(value)) keys.add(documentKey(value));
  }
  return [...keys];
}

const isValue = (value: unknown): boolean =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));

const encoded = (ordering: readonly unknown[], { key, id }: DocumentPlace): string =>
  Buffer.from(JSON.stringify([...ordering, key, id])).toString('base64url');

function placeOf(cursor: unknown, ordering: readonly unknown[], faults: string[]): DocumentPlace | undefined {
  const parts = decoded(cursor);
  if (parts === undefined)
    faults.push(`after is ${shownValue(cursor)}; it must be the cursor of a page, as it was returned.`);
  else if (parts[0] !== ordering[0] || parts[1] !== ordering[1]) {
    faults.push('after is the cursor of a page in another order; ask with the same orderBy for all pages.');
  } else return { key: parts[2]!, id: parts[3]! };
  return undefined;
}

function decoded(cursor: unknown): readonly (string | null)[] | undefined {
  if (typeof cursor !== 'string') return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 4) return undefined;
    const [field, ...texts] = parts;
    const all = field === null ? texts : parts;
    return all.every(text => typeof text === 'string' && isStorableText(text)) ? parts : undefined;
  } catch {
    return undefined;
  }
}
