import { CustomEventStore, type EventStore, type StorePage } from '../../../src/store';
import type { Schema } from '../../support/stores/schema';

const POLL_EVERY = 5;
/** Not much more than are written together, and no multiple of it: events of one time come into two pages. */
const ODD_PAGE = 17;

const COLUMNS = [
  ...['position', 'version', 'name', 'payload', 'metadata', 'event_id as id', 'recorded_at as "recordedAt"'],
  ...['aggregate_name as "aggregateName"', 'aggregate_id as "aggregateId"', 'schema_version as "schemaVersion"'],
].join(', ');

/**
 * A store in PostgreSQL that is read as one might do it first: after the highest position seen, whatever is still to be
 * committed below.
 */
export const readByPosition = (store: EventStore, schema: Schema): EventStore =>
  readBy(store, async ({ after = 0n, limit = 1000 }) => {
    const events = `select ${COLUMNS} from "${schema.name}".eventuality_events`;
    const rows = await schema.sql(`${events} where position > $1 order by position limit $2`, [`${after}`, limit]);
    return rows.map(row => ({
      ...row,
      ...{ position: BigInt(row.position), version: Number(row.version), recordedAt: row.recordedAt.toISOString() },
    }));
  });

/** A store that is read after the time of the last event seen, whatever else has happened at that time. */
export const readByTime = (store: EventStore): EventStore =>
  readBy(store, async ({ after = 0n, limit = ODD_PAGE }) => {
    const [last] = after === 0n ? [] : await store.readAll({ after: after - 1n, limit: 1 });
    const page = await store.readAll({ after });
    return page.filter(({ recordedAt }) => !last || recordedAt > last.recordedAt).slice(0, limit);
  });

const readBy = (store: EventStore, readAll: (page: StorePage) => ReturnType<EventStore['readAll']>): EventStore =>
  new CustomEventStore(
    { append: appends => store.append(appends), readAll: (page = {}) => readAll(page), projections: store.projections },
    { pollEvery: POLL_EVERY },
  );
