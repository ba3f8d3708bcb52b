import { EventualityError, errorMessage, listed } from '../../messages';
import type { StoreNames } from './schema/names';

/** Thrown when the options of `postgres(...)` are invalid; `faults` lists all mistakes. No connection was made. */
export class PostgresOptionsError extends EventualityError {
  readonly code = 'POSTGRES_OPTIONS';

  constructor(readonly faults: readonly string[]) {
    super(`The options of postgres(...) were refused: ${listed(faults)}`);
  }
}

/** Thrown when no pool was passed and the driver cannot be loaded. */
export class PostgresDriverMissingError extends EventualityError {
  readonly code = 'POSTGRES_DRIVER_MISSING';

  constructor(cause: unknown) {
    super(
      `The package 'pg' cannot be loaded. Install it (npm install pg), or give postgres({ pool }) a pool of your own.`,
      { cause },
    );
  }
}

/**
 * Thrown when PostgreSQL cannot be reached, or the connection was lost and could not be restored in time.
 * An append that rejects with it may have been stored: repeat it with the same event ids, and nothing is stored twice.
 */
export class PostgresUnreachableError extends EventualityError {
  readonly code = 'POSTGRES_UNREACHABLE';

  constructor(cause: unknown) {
    const reason = cause instanceof AggregateError ? cause.errors.map(errorMessage).join('; ') : errorMessage(cause);
    super(
      `PostgreSQL cannot be reached: ${reason}. Check the address, the credentials and that the server accepts connections.`,
      {
        cause,
      },
    );
  }
}

/** Thrown when the tables are missing or older than this version of the package. */
export class PostgresSchemaOutdatedError extends EventualityError {
  readonly code = 'POSTGRES_SCHEMA_OUTDATED';

  constructor(schema: string, found: number, needed: number, cause?: unknown) {
    super(
      `The event store in schema '${schema}' is at migration ${found}; ${needed} is needed. ` +
        `Start with { migrate: 'auto' }, or run what migrationSql(options) prints.`,
      { cause },
    );
  }
}

/** Thrown when the tables were created by a newer version of the package. */
export class PostgresSchemaNewerError extends EventualityError {
  readonly code = 'POSTGRES_SCHEMA_NEWER';

  constructor(schema: string, found: number, known: number) {
    super(
      `The event store in schema '${schema}' is at migration ${found}, this version of eventuality knows ${known}. Update the package.`,
    );
  }
}

/**
 * Thrown when the sequence of positions is behind the events, because a table was restored or replicated without it, or
 * an older backup was restored. New events would get positions that subscribers have passed. Nothing was appended.
 */
export class PostgresPositionsError extends EventualityError {
  readonly code = 'POSTGRES_POSITIONS';

  /**
   * `places` says where the sequence and the events stand; without it, a position that was drawn is an event's already.
   */
  constructor(
    names: StoreNames,
    places: { readonly drawn: bigint; readonly last: bigint } | undefined,
    cause?: unknown,
  ) {
    const found = places
      ? `It is at ${places.drawn}, the last event at ${places.last}`
      : 'A position that it returned is already in use';
    super(
      `The sequence of positions in schema '${names.schema}' is behind the events. ${found}. ` +
        `A store with { migrate: 'auto' } moves it when it starts, or with its next call; or run: ${names.movePositions};`,
      { cause },
    );
  }
}

/** Thrown when the encoding of the database is not UTF-8, so that not every text could be stored. */
export class PostgresEncodingError extends EventualityError {
  readonly code = 'POSTGRES_ENCODING';

  constructor(readonly encoding: string) {
    super(
      `The database keeps text in the encoding ${encoding}, in which not every text can be stored. ` +
        `Create a database with UTF-8 (create database ... encoding 'UTF8' template template0) and use its address.`,
    );
  }
}

/** Thrown on a read-only server, where positions cannot be drawn and running commits cannot be seen. */
export class PostgresReplicaError extends EventualityError {
  readonly code = 'POSTGRES_REPLICA';

  constructor(cause?: unknown) {
    super('This server is a replica, or read-only. Connect to the primary: only there the order of events is known.', {
      cause,
    });
  }
}

/** Thrown when a transaction's isolation would let readers skip events. */
export class PostgresIsolationError extends EventualityError {
  readonly code = 'POSTGRES_ISOLATION';

  constructor(isolation: string, cause?: unknown) {
    super(
      `The transaction isolation is '${isolation}', in which the order of events cannot be kept. ` +
        `Use READ COMMITTED: set default_transaction_isolation for this role or database, or begin the transaction with it.`,
      { cause },
    );
  }
}

/** Thrown when `store.within(client)` appends on a client without an open transaction. */
export class PostgresTransactionError extends EventualityError {
  readonly code = 'POSTGRES_NO_TRANSACTION';

  constructor() {
    super(
      `The client passed to within(client) has no open transaction. Call client.query('BEGIN') first, or append to the store itself.`,
    );
  }
}
