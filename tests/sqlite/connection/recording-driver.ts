import type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from '../../../src/adapters/sqlite';
import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';

type Meddle = (sql: string, values: readonly SqliteValue[]) => void;

/** A real driver that keeps what it ran, hands out its connection, and lets a test make a statement fail. */
export class RecordingDriver implements SqliteDriver {
  readonly name = 'recording';
  readonly ran: string[] = [];
  connection!: SqliteConnection;

  /** `meddle` is called before each statement and may throw. */
  constructor(private readonly meddle: Meddle = () => undefined) {}

  open(file: string): SqliteConnection {
    this.connection = loadDriver().open(file);
    const { connection } = this;
    return {
      exec: sql => connection.exec(sql),
      prepare: sql => this.#recorded(sql, connection.prepare(sql)),
      close: () => connection.close(),
    };
  }

  /** How often a statement that begins so was run. */
  count(beginning: string): number {
    return this.ran.filter(sql => sql.startsWith(beginning)).length;
  }

  #recorded(sql: string, statement: SqliteStatement): SqliteStatement {
    const recorded =
      <Result>(call: (...values: SqliteValue[]) => Result) =>
      (...values: SqliteValue[]): Result => {
        this.ran.push(sql);
        this.meddle(sql, values);
        return call.apply(statement, values);
      };
    return { run: recorded(statement.run), get: recorded(statement.get), all: recorded(statement.all) };
  }
}
