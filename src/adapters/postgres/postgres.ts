import { checkedOptions, type PostgresOptions } from './connection/options';
import { PostgresEventStore } from './postgres-event-store';

/**
 * Makes an event store on PostgreSQL. It connects on its first use, or when `ready()` is called.
 *
 * @example const store = postgres({ connectionString: process.env.DATABASE_URL, schema: 'shop' });
 * @throws PostgresOptionsError, PostgresDriverMissingError
 */
export function postgres(options: PostgresOptions): PostgresEventStore {
  return new PostgresEventStore(checkedOptions(options));
}
