import { type PostgresEventStore, postgres } from '../../../src/adapters/postgres';
import { type SqliteEventStore, sqlite } from '../../../src/adapters/sqlite';
import { SILENT } from '../logger';

/** Where a store has its data, in a form that can be given to another process. */
export type Where =
  | { readonly file: string }
  | {
      readonly connectionString: string;
      readonly schema: string;
      /** For how many milliseconds the store tries again what failed with its connection. */
      readonly retryFor?: number;
    };

/** Opens a store on the data there. */
export const openAt = (where: Where): SqliteEventStore | PostgresEventStore =>
  'file' in where ? sqlite(where.file) : postgres({ ...where, logger: SILENT });

/** What a test told a program when it started it. */
export const assignment = <T>(): T => JSON.parse(process.argv[2]!) as T;
