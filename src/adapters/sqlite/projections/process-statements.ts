import { processConditions, QueryShapes, type SelectedPage } from '../../../store';
import type { SqliteConnection, SqliteStatement, SqliteValue } from '../connection/driver';

const ROW = 'cast(entry as text) as entry, id, instance, hash, run, content, status, note, at';
const COLUMNS = {
  inputs: `${ROW}, kind, cast(position as text) as position`,
  outputs: `${ROW}, input, held`,
};
const DEADLINE = 'process, instance, hash, key, id, run, due_at as dueAt, content, held';

/** The statements of processes that do not depend on a page. */
export type ProcessStatements = ReturnType<typeof prepareProcessStatements>;

export function prepareProcessStatements(connection: SqliteConnection) {
  const ofInstance = 'process = ? and instance = ?';
  const dropped = 'process = ? and not exists (select 1 from read_models where name = ?)';
  const set = `insert into process_deadlines (process, instance, hash, key, id, run, due_at, content, held)
    values (?, ?, ?, ?, ?, ?, ?, ?, 0) on conflict (process, instance, key) do update set
      hash = excluded.hash, id = excluded.id, run = excluded.run, due_at = excluded.due_at, content = excluded.content`;
  const due = 'from process_deadlines indexed by process_deadlines_due where process = ? and not held and due_at';
  return {
    cancel: connection.prepare(
      `update process_outputs set status = 'cancelled', held = 0 where ${ofInstance} and status = 'pending'`,
    ),
    recordInput: connection.prepare(
      `insert into process_inputs (process, id, instance, hash, run, kind, position, content, status, note, at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (process, id) do update set status = excluded.status,
         note = excluded.note, run = excluded.run`,
    ),
    recordOutcome: connection.prepare(
      `update process_outputs set status = ?, note = ?, held = held and ? = 'pending' where process = ? and id = ?`,
    ),
    recordOutput: connection.prepare(
      `insert into process_outputs (process, id, instance, hash, run, input, content, status, note, at, held)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) on conflict (process, id) do update set status = excluded.status,
         note = excluded.note, held = case when excluded.status = 'pending' then held else 0 end`,
    ),
    clear: connection.prepare(`delete from process_deadlines where ${ofInstance} and key = ? and id = coalesce(?, id)`),
    set: connection.prepare(set),
    setOther: connection.prepare(`${set} where id <> excluded.id`),
    hold: [
      connection.prepare(`update process_outputs set held = ? where ${ofInstance} and status = 'pending'`),
      connection.prepare(`update process_deadlines set held = ? where ${ofInstance}`),
    ],
    deleteDeadlines: connection.prepare(`delete from process_deadlines where ${ofInstance}`),
    forget: ['inputs', 'outputs', 'deadlines'].map(rows =>
      connection.prepare(`delete from process_${rows} where ${ofInstance}`),
    ),
    drop: ['inputs', 'outputs', 'deadlines'].map(rows =>
      connection.prepare(`delete from process_${rows} where ${dropped}`),
    ),
    isSet: connection.prepare(`select 1 from process_deadlines where ${ofInstance} and key = ?`),
    due: connection.prepare(`select ${DEADLINE} ${due} <= ? and hash % ? = ? order by due_at, entry limit ?`),
    nextAfter: connection.prepare(`select due_at as dueAt ${due} > ? order by due_at limit 1`),
    deadlinesOf: connection.prepare(
      `select ${DEADLINE} from process_deadlines where ${ofInstance} and (instance, key) > (?, ?) order by key limit ?`,
    ),
    allDeadlines: connection.prepare(
      `select ${DEADLINE} from process_deadlines where process = ? and (instance, key) > (?, ?) order by instance, key limit ?`,
    ),
  };
}

/** Prepares what reads pages; those of one shape share a statement. */
export class PageStatements {
  readonly #shapes: QueryShapes<SqliteStatement>;

  constructor(connection: SqliteConnection) {
    this.#shapes = new QueryShapes(text => connection.prepare(text));
  }

  /** Reads a page of rows. */
  read(rows: 'inputs' | 'outputs', process: string, page: SelectedPage): unknown[] {
    const values: SqliteValue[] = [process];
    const bind = (value: SqliteValue): string => {
      values.push(value);
      return '?';
    };
    // Named, because nothing is known of the sizes of these tables that could tell one index from the other.
    const index = `process_${rows}_${indexOf(rows, page)}`;
    const text = `select ${COLUMNS[rows]} from process_${rows} r indexed by ${index} where process = ?${processConditions(rows, page, bind)} order by r.entry limit ?`;
    return this.#shapes.of(text).all(...values, page.limit);
  }
}

function indexOf(rows: 'inputs' | 'outputs', { instance, status, held }: SelectedPage): string {
  if (instance !== undefined) return 'instance';
  return rows === 'outputs' && status === 'pending' && held === false ? 'pending' : 'entry';
}
