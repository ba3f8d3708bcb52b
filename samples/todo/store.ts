import { join } from 'node:path';
import type { EventStore } from 'eventuality';
import { postgres } from 'eventuality/postgres';
import { sqlite } from 'eventuality/sqlite';

/** Where the command line keeps its todos: in PostgreSQL when it is given an address, else in a file. */
export interface Place {
  /** The SQLite file; it is made with the first command. */
  readonly file: string;
  /** `postgres://user:password@host:port/database`. */
  readonly databaseUrl?: string | undefined;
  /** The schema in PostgreSQL; made when it is missing. Default `public`. */
  readonly schema?: string | undefined;
}

/**
 * Reads the place from the environment: `DATABASE_URL` for PostgreSQL and `EVENTUALITY_SCHEMA` for the schema there,
 * `TODO_FILE` for the SQLite file. Default: the file `todo.db` beside this program.
 */
export const placeOf = ({ DATABASE_URL, EVENTUALITY_SCHEMA, TODO_FILE }: NodeJS.ProcessEnv): Place => ({
  file: TODO_FILE || join(__dirname, 'todo.db'),
  databaseUrl: DATABASE_URL || undefined,
  schema: EVENTUALITY_SCHEMA || undefined,
});

/** Opens the store. All that differs between the two is in this function. @throws what `sqlite` and `postgres` throw */
export function openStore({ file, databaseUrl, schema }: Place): EventStore {
  return databaseUrl === undefined
    ? sqlite(file)
    : postgres({ connectionString: databaseUrl, ...(schema !== undefined && { schema }) });
}
