import { createHash } from 'node:crypto';
import { isStorableText } from '../../../messages';
import type { StreamName } from '../../../store';

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;

/** The longest name: PostgreSQL truncates longer ones without an error. */
const MAX_IDENTIFIER = 63;
/** The length of the longest name of a table, function, index or constraint; a test compares it with the migrations. */
const MAX_SUFFIX_LENGTH = 'process_deadlines'.length;

/** The longest prefix of a store's names. */
export const MAX_PREFIX = MAX_IDENTIFIER - MAX_SUFFIX_LENGTH;

/** Tells whether a name can be a schema: lower case letters, digits and underscores, 63 at most. */
export const isIdentifier = (name: unknown): name is string => typeof name === 'string' && IDENTIFIER.test(name);

/** Tells whether a text can be the prefix of the names of tables and functions. */
export const isPrefix = (name: unknown): name is string => isIdentifier(name) && name.length <= MAX_PREFIX;

/** Tells whether a stream of this name can exist. */
export const isStorable = ({ aggregateName, aggregateId }: StreamName): boolean =>
  [aggregateName, aggregateId].every(text => typeof text === 'string' && isStorableText(text));

/** The names of a store's schema, tables, functions and locks. All are quoted, or built from checked names. */
export class StoreNames {
  constructor(
    readonly schema: string,
    readonly prefix: string,
  ) {}

  /** Returns the quoted, qualified name of a table, sequence or function. */
  of(name: string): string {
    return `"${this.schema}"."${this.prefix}${name}"`;
  }

  /** Returns the quoted name of an index or constraint, which lives in its table's schema. */
  local(name: string): string {
    return `"${this.prefix}${name}"`;
  }

  /** The statement that moves the sequence of positions behind the last event. */
  get movePositions(): string {
    const [positions, events] = [this.of('positions'), this.of('events')];
    return `select setval('${positions}', greatest(last_value, (select max(position) from ${events}))) from ${positions}`;
  }

  /** The session setting that tells whether a transaction holds the in-flight lock. */
  get inFlightSetting(): string {
    return `eventuality.${this.schema}.${this.prefix}in_flight`;
  }

  /**
   * The key of the lock for migrations: two integers, a key space apart from the in-flight locks. Stores of one schema
   * share it, because the first of them creates the schema.
   */
  get migrationLock(): string {
    const hash = sha256('migration', this.schema);
    return `${hash.readInt32BE(0)}, ${hash.readInt32BE(4)}`;
  }
}

const sha256 = (...parts: readonly string[]): Buffer => createHash('sha256').update(parts.join('\0')).digest();
