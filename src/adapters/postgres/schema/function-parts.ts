/** Begins every function that relies on each statement taking a new snapshot: only READ COMMITTED does. */
export const REFUSE_OTHER_ISOLATION = `  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'eventuality: isolation' using errcode = 'EVT01', detail = current_setting('transaction_isolation');
  end if;`;

/** The bits of a position that an in-flight lock has room for. */
export const LOWER_HALF = 4_294_967_295;

/**
 * The last position that was drawn, asked from the sequence of positions: also where `setval` has said which one comes
 * next.
 */
export const DRAWN = 'last_value - case when is_called then 0 else 1 end';

/**
 * Says "I may still commit positions above this one", until the transaction ends: to be asked from the sequence of
 * positions, before one is drawn. Its key is the number that the database has given the sequence, and no other
 * relation, above the lower half of the position: no two stores share one.
 */
export const IN_FLIGHT_LOCK = `pg_advisory_xact_lock_shared((tableoid::bigint << 32) | ((${DRAWN}) & ${LOWER_HALF}))`;

/**
 * The metadata of a row `e` of the events; where it has marks, a list of both, for few have. The driver pays for each
 * column of each row.
 */
export const METADATA_AND_MARKS =
  'case when e.marks is null then e.metadata else jsonb_build_array(e.metadata, e.marks) end';
