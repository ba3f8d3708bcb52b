/** Starts every function that relies on a new snapshot for each statement, which only READ COMMITTED takes. */
export const REFUSE_OTHER_ISOLATION = `  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'eventuality: isolation' using errcode = 'EVT01', detail = current_setting('transaction_isolation');
  end if;`;

/** The bits of a position that fit into the key of an in-flight lock. */
export const LOWER_HALF = 4_294_967_295;

/** The last drawn position, read from the sequence of positions; also correct after `setval` has set the next one. */
export const DRAWN = 'last_value - case when is_called then 0 else 1 end';

/**
 * Takes a lock that says "I may still commit positions above this one" until the transaction ends; to be selected from
 * the sequence of positions before one is drawn. The lock's key is the number that the database assigned to the
 * sequence alone, and the lower half of the position: no two stores share a key.
 */
export const IN_FLIGHT_LOCK = `pg_advisory_xact_lock_shared((tableoid::bigint << 32) | ((${DRAWN}) & ${LOWER_HALF}))`;

/**
 * The metadata of a row `e` of the events, or a list of metadata and marks if it has marks, which few have. The driver
 * spends time on each column of each row.
 */
export const METADATA_AND_MARKS =
  'case when e.marks is null then e.metadata else jsonb_build_array(e.metadata, e.marks) end';
