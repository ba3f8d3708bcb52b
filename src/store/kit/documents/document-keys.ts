import { createHash } from 'node:crypto';

/**
 * How many characters of a text determine its order, so that a key fits into an index of PostgreSQL, 2,704 bytes,
 * together with names and id.
 */
const ORDERED_CHARACTERS = 255;

/**
 * Converts a value of a field into a text whose order, by code points, is that of the values: stores only compare
 * texts. Different values have different keys, except that lists and objects share one, which equals no value of a
 * query.
 */
export function documentKey(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return value ? '2' : '1';
    case 'number':
      return `3${numberKey(value)}`;
    case 'string':
      return `4${textKey(value)}`;
    default:
      return value === null || value === undefined ? '0' : '5';
  }
}

/** Returns the keys of a document, in the order of the indexes. */
export function documentKeys(document: object, indexes: readonly string[]): readonly string[] {
  return indexes.map(field =>
    documentKey(Object.hasOwn(document, field) ? (document as Record<string, unknown>)[field] : undefined),
  );
}

/** Compares texts by code points, as SQLite and the collation "C" of PostgreSQL do. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index++) {
    const [left, right] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (left !== right) return codeOrder(left) - codeOrder(right);
  }
  return one.length - other.length;
}

/** Surrogates stand for the code points beyond U+FFFF, but come before U+E000 to U+FFFF as numbers. */
const codeOrder = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

const bits = new DataView(new ArrayBuffer(8));

/**
 * The bits of the number, transformed so that their order is that of the numbers: negative ones inverted, the others
 * after them.
 */
function numberKey(value: number): string {
  bits.setFloat64(0, value === 0 ? 0 : value);
  const [high, low] = [bits.getUint32(0), bits.getUint32(4)];
  return high >> 31 ? hex(~high) + hex(~low) : hex(high | 0x8000_0000) + hex(low);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** The rest of a long text is replaced by a digest, so that equal values still have equal keys. */
function textKey(text: string): string {
  if (text.length <= ORDERED_CHARACTERS) return text;
  // A surrogate pair at the cut is kept whole: half of it could not be stored.
  const end = text.charCodeAt(ORDERED_CHARACTERS - 1) >> 10 === 0x36 ? ORDERED_CHARACTERS + 1 : ORDERED_CHARACTERS;
  return text.slice(0, end) + createHash('sha256').update(text).digest('hex');
}
