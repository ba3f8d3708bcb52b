import {
  documentConditions,
  KEY_COLUMNS,
  QueryShapes,
  type ResolvedQuery,
  UnknownReadModelError,
} from '../../../store';
import { plannedAnew, type Row, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { CHANGE_TYPES } from './process-values';
import { VERSION_COLUMNS } from './projection-rows';

/** The statements of documents and checkpoints that do not depend on a query. */
export type ProjectionStatements = ReturnType<typeof projectionStatements>;

export function projectionStatements(names: StoreNames) {
  const [models, documents, checkpoints] = ['read_models', 'documents', 'checkpoints'].map(name => names.of(name));
  const [leases, letters] = ['leases', 'dead_letters'].map(name => names.of(name));
  return {
    checkpoint: statement(
      `select position from ${checkpoints} where projection = $1 and version = $2 and segment = $3`,
    ),
    /** The checkpoint of a segment, and whether a fence, if one is given, is outdated. */
    place:
      statement(`select (select position from ${checkpoints} where projection = $1 and version = $2 and segment = $3),
  $4::bigint is not null and not exists (
    select from ${leases} where projection = $1 and version = $2 and segment = $3 and fence = $4 and owner is not null)`),
    // First the version, then the checkpoint, as in a commit and in a drop, to avoid deadlocks.
    begin: statement(`insert into ${checkpoints} (projection, version, segment, position)
select name, version, $3, 0 from ${models} where name = $1 and version = $2 and state <> 'closed' for key share on conflict do nothing`),
    lock: statement(`with open as (select from ${models} where name = $1 and version = $2 and state <> 'closed' for key share)
select position from ${checkpoints} where projection = $1 and version = $2 and segment = $3 and exists (select from open) for update`),
    readModel: statement(
      `select indexes, revision, segments, sequence_by, taken_over from ${models} where name = $1 and version = $2`,
    ),
    openReadModel: statement(`select 1 from ${models} where name = $1 and version = $2 and state <> 'closed'`),
    prepare:
      statement(`insert into ${models} (name, version, indexes, revision, segments, sequence_by, taken_over, replay_until) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing`),
    versions: statement(`select ${VERSION_COLUMNS} from ${models} where name = $1 order by version`),
    active: statement(`select version from ${models} where name = $1 and state = 'active'`),
    close: [
      statement(`update ${models} set state = 'closed' where name = $1 and version < $2 and state <> 'closed'`),
      // A commit that waits for a checkpoint finds it gone.
      statement(`delete from ${checkpoints} where projection = $1 and version < $2`),
    ],
    activateOnly:
      statement(`update ${models} set state = 'active' where name = $1 and version = $2 and state = 'filling'
  and not exists (select from ${models} where name = $1 and version <> $2) returning version`),
    activate: statement(
      `update ${models} set state = 'active' where name = $1 and version = $2 and state <> 'closed' returning version`,
    ),
    // One lookup by the whole key for each id. Left to the planner, the kept plan would scan all documents.
    get: statement(`select d.id, d.document, d.xmin::text from (select from ${models} where name = $1 and version = $2) known
left join (
  select f.id, f.document, f.xmin from unnest($3::text[]) wanted(id)
  cross join lateral (select id, document, xmin from ${documents} where read_model = $1 and version = $2 and id = wanted.id limit 1) f
) d on true`),
    firstCommit: commitStatements(names, 'first'),
    nextCommit: commitStatements(names, 'next'),
    /**
     * Before a drop: further commits are refused, so that the drop does not wait endlessly for processes that take
     * turns.
     */
    shut: statement(
      `update ${models} set state = 'closed' where name = $1 and version = $2 and state <> 'closed' and (state <> 'active' or not $3)`,
    ),
    // The first statement waits for commits in progress and blocks further ones; the others see what these have
    // written.
    drop: [
      statement(`delete from ${models} where name = $1 and version = $2 and state = 'closed'`),
      statement(`with documents as (delete from ${documents} where read_model = $1 and version = $2),
checkpoints as (delete from ${checkpoints} where projection = $1 and version = $2),
leases as (delete from ${leases} where projection = $1 and version = $2),
${processDrops(names)},
members as (delete from ${names.of('members')} where projection = $1 and version = $2)
delete from ${letters} where projection = $1 and version = $2`),
    ],
    /** After a drop: another version that was dropped at the same moment may have been seen as existing. */
    dropProcess: statement(`with ${processDrops(names)} select 1`),
  };
}

/** Deletes all rows of a process that has no version left. */
const processDrops = (names: StoreNames): string =>
  ['inputs', 'outputs', 'deadlines']
    .map(
      rows => `${rows} as (delete from ${names.of(`process_${rows}`)}
  where process = $1 and not exists (select from ${names.of('read_models')} where name = $1))`,
    )
    .join(',\n');

/** The parts of a commit besides writing documents. */
export interface CommitParts {
  readonly deletes: boolean;
  readonly reads: boolean;
  readonly process: boolean;
}

/** Returns the statement of a commit with these parts. Each is created once. */
function commitStatements(names: StoreNames, which: 'first' | 'next'): (parts: CommitParts) => Statement {
  const made = new Map<string, Statement>();
  return parts => {
    const key = JSON.stringify(parts);
    const known = made.get(key) ?? (parts.deletes ? plannedAnew : statement)(commitText(names, which, parts));
    made.set(key, known);
    return known;
  };
}

/**
 * Writes a page and moves the checkpoint, in one statement: all of it or nothing, with one round trip. Says whether it
 * did.
 *
 * $1 to $3: the read models, as names, versions and indexes, which must be as the caller knows them, that of the
 * checkpoint among them. They are locked against a drop; as long as there is no checkpoint also against a switch, which
 * else makes a commit wait at the checkpoint. $4 to $6: the checkpoint's name; $7, $8: where it is and where it goes;
 * $9 to $11: documents, as places of read models, ids, and a JSON list; $12 to $19: the keys of the documents; $20: the
 * fence that must be the segment's, or null; then, each only if there are any: deletions, as places and ids; documents
 * that must be as they were read, as places, ids, and what PostgreSQL calls the transaction that wrote each, null where
 * there was none; and the changes of a process.
 */
function commitText(names: StoreNames, which: 'first' | 'next', parts: CommitParts): string {
  const checkpoints = names.of('checkpoints');
  const reads = parts.reads ? (parts.deletes ? 23 : 21) : undefined;
  const changes = 21 + (parts.deletes ? 2 : 0) + (parts.reads ? 3 : 0);
  const allKnown =
    '(select count(*) from known) = cardinality($1::text[]) and ($20::bigint is null or exists (select from held))' +
    (reads ? ' and (select holds from asread)' : '');
  const move = {
    // Of two concurrent commits one waits here for the other, and finds the checkpoint moved.
    first: `insert into ${checkpoints} as c (projection, version, segment, position) select $4, $5, $6, $8::bigint where ${allKnown}
  on conflict (projection, version, segment) do update set position = excluded.position where c.position = $7::bigint`,
    next: `update ${checkpoints} set position = $8::bigint
  where projection = $4 and version = $5 and segment = $6 and position = $7::bigint and ${allKnown}`,
  };
  const keys = KEY_COLUMNS.join(', ');
  return `with known as materialized (
  select w.place, r.name, r.version from unnest($1::text[], $2::integer[], $3::text[]) with ordinality w (name, version, indexes, place)
  join ${names.of('read_models')} r on r.name = w.name and r.version = w.version and r.indexes = w.indexes and r.state <> 'closed'
  for ${which === 'first' ? 'share' : 'key share'} of r
), held as materialized (
  select from ${names.of('leases')} l
  where l.projection = $4 and l.version = $5 and l.segment = $6 and l.fence = $20 and l.owner is not null for share
), ${reads ? readsText(names, reads) : ''}moved as (
  ${move[which]} returning 1
), ${reads ? createdText(names) : ''}written as (
  insert into ${names.of('documents')} (read_model, version, id, document, ${keys})
  select k.name, k.version, g.id, g.document, ${KEY_COLUMNS.map(key => `g.${key}`).join(', ')}
  from moved, ${GIVEN}
  join known k on k.place = g.place${reads ? `\n  where ${isNew('not exists')}` : ''}
  on conflict (read_model, version, id)
  do update set document = excluded.document, ${KEY_COLUMNS.map(key => `${key} = excluded.${key}`).join(', ')}
)${parts.deletes ? deletion(names) : ''}${parts.process ? processText(names, changes) : ''}
select (select count(*) from moved), ${reads ? '(select holds from asread)' : 'null'}${parts.process ? ', (select count(done) from changed)' : ''}`;
}

/** Changes a process, if the checkpoint was moved. */
function processText(names: StoreNames, first: number): string {
  const given = CHANGE_TYPES.map((type, index) => `$${first + index}::${type}`);
  return `, changed as materialized (
  select ${names.of('change_process')}($4, ${given.join(', ')}) as done from moved
)`;
}

/**
 * Locks the documents that were read, in one order, and compares their writers. If another commit was first, its
 * document is found, because the lock has waited for it.
 */
function readsText(names: StoreNames, first: number): string {
  return `seen as materialized (
  select k.name, k.version, r.id, r.writer from unnest($${first}::integer[], $${first + 1}::text[], $${first + 2}::text[]) r (place, id, writer)
  join known k on k.place = r.place order by k.name, k.version, r.id
), locked as materialized (
  select s.writer, d.xmin::text as now from seen s
  cross join lateral (select xmin from ${names.of('documents')} where read_model = s.name and version = s.version and id = s.id limit 1 for update) d
), asread as materialized (
  select count(*) = (select count(writer) from seen) and count(*) = count(*) filter (where writer = now) as holds from locked
), `;
}

/** Whether a document was looked up and did not exist. */
const isNew = (exists: 'exists' | 'not exists'): string =>
  `${exists} (select from seen s where s.name = k.name and s.version = k.version and s.id = g.id and s.writer is null)`;

/**
 * Documents that did not exist when they were read are inserted: if another commit was first, the statement fails, and
 * finds the document when it is repeated.
 */
function createdText(names: StoreNames): string {
  const keys = KEY_COLUMNS.join(', ');
  return `created as (
  insert into ${names.of('documents')} (read_model, version, id, document, ${keys})
  select k.name, k.version, g.id, g.document, ${KEY_COLUMNS.map(key => `g.${key}`).join(', ')}
  from moved, ${GIVEN}
  join known k on k.place = g.place
  where ${isNew('exists')}
), `;
}

/** The documents of a commit as rows. */
const GIVEN = `rows from (unnest($9::integer[]), unnest($10::text[]), jsonb_array_elements($11::jsonb),
    ${KEY_COLUMNS.map((_, index) => `unnest($${12 + index}::text[])`).join(', ')}) as g (place, id, document, ${KEY_COLUMNS.join(', ')})`;

// Planned for these ids: a kept plan depends on the size of the table when it was made, and scans all documents of the
// read model.
const deletion = (names: StoreNames): string => `, deleted as (
  delete from ${names.of('documents')} d using moved, known k, unnest($21::integer[], $22::text[]) w (place, id)
  where k.place = w.place and d.read_model = k.name and d.version = k.version and d.id = w.id
)`;

/** A read model, and its stored indexes. */
export interface IndexedReadModel {
  readonly name: string;
  readonly version: number;
  readonly text: string;
}

/** Creates the statements of queries; queries of the same shape share one. */
export class FindStatements {
  readonly #shapes = new QueryShapes(statement);

  constructor(private readonly names: StoreNames) {}

  /**
   * Returns the statement of a query, with its values. It yields at least one row, of nulls if nothing is found, and no
   * row if the read model does not exist or does not have these indexes.
   */
  of(
    { name, version, text: indexes }: IndexedReadModel,
    query: ResolvedQuery,
  ): { statement: Statement; values: unknown[] } {
    const values: unknown[] = [name, version, indexes];
    const place = (value: unknown): string => `$${values.push(value)}`;
    const bind = (value: string | number): string =>
      typeof value === 'number' ? `${place(value)}::integer` : `${place(value)}::text`;
    const among = (column: string, keys: readonly string[]): string => `${column} = any(${place(keys)}::text[])`;
    const key = query.order === undefined ? `''` : KEY_COLUMNS[query.order]!;
    const found = `select id, document, ${key} as key from ${this.names.of('documents')}
  where read_model = $1 and version = $2${documentConditions(query, { bind, among })}`;
    const order = query.descending ? ' desc' : '';
    const text = `select d.id, d.document, d.key from (select from ${this.names.of('read_models')} where name = $1 and version = $2 and indexes = $3) known
left join (${found}) d on true order by d.key${order}, d.id${order}`;
    return { statement: this.#shapes.of(text), values };
  }
}

/** The values of the keys, one list for each column; none if no document has that many. */
export function keyLists(rows: readonly { readonly keys: readonly string[] }[]): ((string | null)[] | null)[] {
  const most = rows.reduce((count, { keys }) => Math.max(count, keys.length), 0);
  return KEY_COLUMNS.map((_, index) => (index < most ? rows.map(({ keys }) => keys[index] ?? null) : null));
}

/** Separates rows of documents from the row of nulls that stands for no result. */
export const foundDocuments = (rows: readonly Row[]): { id: string; document: string; key: string }[] =>
  rows.flatMap(([id, document, key]) => (id == null ? [] : [{ id, document: document!, key: key! }]));

/**
 * The writers of the documents that were read, as long as the objects are in use: xmin, the number of the transaction.
 */
const writers = new WeakMap<object, string>();

/** Returns the writer of a document at the time of the read; for other documents a number that no transaction has. */
export const writerOf = (document: object): string => writers.get(document) ?? '0';

/** Returns documents by id. @throws UnknownReadModelError if there is not even a row of nulls */
export function documentsOf(rows: readonly Row[], readModel: string, version: number): ReadonlyMap<string, object> {
  if (rows.length === 0) throw new UnknownReadModelError(readModel, version);
  const found = new Map<string, object>();
  for (const { id, document: text, key: writer } of foundDocuments(rows)) {
    const document = JSON.parse(text) as object;
    writers.set(document, writer);
    found.set(id, document);
  }
  return found;
}
