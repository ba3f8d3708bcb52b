import type { StoreNames } from './names';

/** Begins every function that relies on each statement taking a new snapshot: only READ COMMITTED does. */
export const REFUSE_OTHER_ISOLATION = `  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'eventuality: isolation' using errcode = 'EVT01', detail = current_setting('transaction_isolation');
  end if;`;

/** The last position that was drawn, asked from the sequence of positions: also where somebody has said which one comes next. */
export const DRAWN = 'last_value - case when is_called then 0 else 1 end';

/** Says "I may still commit positions above this one", until the transaction ends: to be asked from the sequence of positions, before one is drawn. */
export const inFlightLock = (names: StoreNames): string =>
  `pg_advisory_xact_lock_shared((${names.lockNamespace}::bigint << 48) | case when is_called then last_value else 0 end)`;
