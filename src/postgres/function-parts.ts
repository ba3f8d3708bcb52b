import type { StoreNames } from './names';

/** Begins every function that relies on each statement taking a new snapshot: only READ COMMITTED does. */
export const REFUSE_OTHER_ISOLATION = `  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'eventuality: isolation' using errcode = 'EVT01', detail = current_setting('transaction_isolation');
  end if;`;

/** Says "I may still commit positions above this one", until the transaction ends: to be asked from the sequence of positions, before one is drawn. */
export const inFlightLock = (names: StoreNames): string =>
  `pg_advisory_xact_lock_shared((${names.lockNamespace}::bigint << 48) | case when is_called then last_value else 0 end)`;

/** The metadata of a row `e` of the events; where it has marks, a list of both, for few have. The driver pays for each column of each row. */
export const METADATA_AND_MARKS = 'case when e.marks is null then e.metadata else jsonb_build_array(e.metadata, e.marks) end';
