import { ownRequire } from '../../../messages';
import { PostgresDriverMissingError, PostgresOptionsError } from '../errors';

/** A query as `pg` takes it: the text, its values, and the format of the rows. */
export interface PostgresQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** The name under which the server keeps the prepared statement. */
  readonly name?: string;
  readonly rowMode?: 'array';
  /** Milliseconds after which an unanswered query fails. */
  readonly query_timeout?: number;
  readonly types?: { getTypeParser(): (text: string) => unknown };
}

/** A client of `pg`, or an object with its shape: the argument of `store.within(client)`. */
export interface PostgresClient {
  query(query: any): Promise<{ rows: any[] }>;
  /** `I` outside a transaction, `T` in one, `E` in a failed one; undefined if the driver does not tell. */
  getTransactionStatus?(): string | null;
}

/** A client taken from a pool. */
export interface PostgresPoolClient extends PostgresClient {
  release(error?: Error | boolean): void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  removeListener?(event: 'error', listener: (error: Error) => void): unknown;
}

/** A pool of `pg`, or an object with its shape. */
export interface PostgresPool {
  query(query: any): Promise<{ rows: any[] }>;
  connect(): Promise<PostgresPoolClient>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

/** How to create the store's own pool. */
export interface PoolSettings {
  readonly connectionString: string;
  readonly maxConnections: number;
  readonly connectTimeout: number;
}

/**
 * Creates a pool with the driver `pg`.
 * @throws PostgresDriverMissingError, PostgresOptionsError for an address that the driver cannot parse
 */
export function openPool({ connectionString, maxConnections, connectTimeout }: PoolSettings): PostgresPool {
  const { Pool, Client } = loadDriver();
  checkAddress(Client, connectionString);
  return new Pool({
    connectionString,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
}

/**
 * Parses the address as the driver does, without connecting. The driver's own error may contain the password, so none
 * of it is passed on.
 */
function checkAddress(Client: Driver['Client'], connectionString: string): void {
  try {
    new Client({ connectionString });
  } catch (error) {
    const { path } = error as { readonly path?: unknown };
    const reason = typeof path === 'string' ? `the file '${path}' cannot be read` : 'it is no URL';
    throw new PostgresOptionsError([
      `connectionString has no address of a database: ${reason}. It must be postgres://user:password@host:port/database, ` +
        'with encodeURIComponent(password) where the password has special characters.',
    ]);
  }
}

interface Driver {
  readonly Pool: new (config: object) => PostgresPool;
  readonly Client: new (config: object) => unknown;
}

function loadDriver(): Driver {
  try {
    // Bundlers see this call, and may include the driver in the bundle. In a bundle that is an ES module, `require` may
    // be missing.
    return require('pg');
  } catch {
    try {
      return ownRequire()('pg');
    } catch (error) {
      throw new PostgresDriverMissingError(error);
    }
  }
}
