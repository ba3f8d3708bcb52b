import { statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { MOVED } from '../schema/process-functions';

const ROW = 'entry, id, instance, hash, run, content, status, note, (extract(epoch from at) * 1000)::bigint';
const DEADLINE = 'process, instance, hash, key, id, run, due_at, content, held';

/** The statements of processes beside those of commits. */
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
    inputs: statement(`select kind, position, ${ROW}
from ${names.of('inputs_page')}($1::text, $2::text, $3::integer, $4::integer, $5::text, $6::bigint, $7::integer) r`),
    outputs: statement(`select input, held, ${ROW}
from ${names.of('outputs_page')}($1::text, $2::text, $3::integer, $4::integer, $5::text, $8::boolean, $6::bigint, $7::integer) r`),
    allDeadlines: statement(`${found} order by instance, key limit $4`),
    deadlinesOf: statement(`${found} and instance = $5 order by key limit $4`),
  };
}
