import { processConditions, QueryShapes, type SelectedPage } from '../../../store';
import { type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { MOVED } from '../schema/process-functions';

const ROW = 'entry, id, instance, hash, run, content, status, note, (extract(epoch from at) * 1000)::bigint';
const COLUMNS = { inputs: `kind, position, ${ROW}`, outputs: `input, held, ${ROW}` };
const DEADLINE = 'process, instance, hash, key, id, run, due_at, content, held';

/** The statements of processes that do not depend on a page. */
export type ProcessStatements = ReturnType<typeof processStatements>;

export function processStatements(names: StoreNames) {
  const deadlines = names.of('process_deadlines');
  const found = `select ${DEADLINE} from ${deadlines} where process = $1 and (instance, key) > ($2, $3)`;
  return {
    due: statement(`select * from ${names.of('process_due')}($1::text[], $2::integer[], $3::integer[], $4::integer) d`),
    schedule: statement(`insert into ${deadlines} as d (process, instance, hash, key, id, run, due_at, content)
select $1, g.instance, g.hash, g.key, g.id, g.run, g.due_at, nullif(g.content, 'null')
from rows from (unnest($2::text[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::text[]), unnest($6::integer[]),
  unnest($7::bigint[]), jsonb_array_elements($8::jsonb)) g (instance, hash, key, id, run, due_at, content)
on conflict (process, instance, key) do update set ${MOVED} where d.id <> excluded.id`),
    unschedule: statement(`delete from ${deadlines} where process = $1 and instance = $2 and key = $3 returning 1`),
    allDeadlines: statement(`${found} order by instance, key limit $4`),
    deadlinesOf: statement(`${found} and instance = $5 order by key limit $4`),
  };
}

/** Makes the statements of pages; those of one shape share one. */
export class PageStatements {
  readonly #shapes = new QueryShapes(statement);

  constructor(private readonly names: StoreNames) {}

  of(
    rows: 'inputs' | 'outputs',
    process: string,
    page: SelectedPage,
  ): { readonly statement: Statement; readonly values: unknown[] } {
    const values: unknown[] = [process];
    const bind = (value: string | number | bigint): string =>
      `$${values.push(value)}::${typeof value === 'string' ? 'text' : 'bigint'}`;
    const conditions = processConditions(rows, page, bind);
    const text = `select ${COLUMNS[rows]} from ${this.names.of(`process_${rows}`)}
where process = $1${conditions} order by entry limit ${bind(page.limit)}`;
    return { statement: this.#shapes.of(text), values };
  }
}
