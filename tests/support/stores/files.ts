import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteConnection, SqliteOptions } from '../../../src/adapters/sqlite';
import { type SqliteEventStore, sqlite } from '../../../src/adapters/sqlite';
import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';
import type { EventStore } from '../../../src/store';
import { within } from '../waiting';

/** Opens stores and connections in a folder of the test file's own, and closes and removes all of it. */
export class Files {
  readonly folder = mkdtempSync(join(tmpdir(), 'eventuality-sqlite-'));
  readonly #stores: EventStore[] = [];
  /** Those that no test has closed. */
  readonly #connections = new Set<SqliteConnection>();
  #count = 0;

  path(): string {
    return join(this.folder, `${++this.#count}.db`);
  }

  store(file: string = this.path(), options?: SqliteOptions): SqliteEventStore {
    const store = sqlite(file, options);
    this.#stores.push(store);
    return store;
  }

  /** Opens a file past the store, as a database shell would. */
  shell(file: string): SqliteConnection {
    const connection = loadDriver().open(file);
    const close = connection.close.bind(connection);
    // Not every driver lets a connection be closed again.
    connection.close = () => {
      this.#connections.delete(connection);
      return close();
    };
    this.#connections.add(connection);
    return connection;
  }

  async close(): Promise<void> {
    // Connections first: a store that closes may wait for a lock that one of them holds.
    for (const connection of this.#connections) connection.close();
    await within(15_000, 'the stores close', Promise.all(this.#stores.splice(0).map(store => store.close())));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Returns the files of a test file; what a test opened is closed after it. */
export function testFiles(): Files {
  const files = new Files();
  afterEach(() => files.close(), 20_000);
  afterAll(() => files.remove());
  return files;
}
