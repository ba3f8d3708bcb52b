import { SqliteDriverMissingError } from '../errors';
import type { SqliteConnection, SqliteDriver } from './driver';
import { installedPackage, loadedPackage, type Surroundings } from './package-driver';

interface Library {
  readonly DatabaseSync: new (file: string) => SqliteConnection;
}

const NAME = '@photostructure/sqlite';

/**
 * Returns the driver for the package @photostructure/sqlite: `node:sqlite` for a Node that does not have it, with
 * binaries in the package.
 * @throws SqliteDriverMissingError when it is not installed, or does not load
 */
export function photostructureSqlite({ folders }: Surroundings = {}): SqliteDriver {
  const installed = installedPackage(NAME, folders);
  if (!installed)
    throw new SqliteDriverMissingError([`The package ${NAME} is not installed. Install it: npm install ${NAME}@1`]);
  const advice = 'It has binaries for Linux, macOS and Windows on x64 and arm64; elsewhere use better-sqlite3';
  const { DatabaseSync } = loadedPackage<Library>(
    installed,
    advice,
    ({ DatabaseSync }) => void new DatabaseSync(':memory:').close(),
  );

  /**
   * Before version 2 the package releases the file only when its statements are garbage collected or the process ends,
   * and until then the write-ahead log is not copied into the file.
   */
  class Database extends DatabaseSync {
    override close(): void {
      try {
        this.exec('pragma busy_timeout = 0; pragma wal_checkpoint(truncate)');
      } catch {
        // Of a file that cannot be written to, or that is in use: what is in the log stays there, as safe as before.
      }
      super.close();
    }
  }
  return { name: NAME, open: file => new Database(file) };
}
