import { type EventStore, InMemoryEventStore } from '../../../src/store';
import { lent } from '../beside';
import { Files } from './files';
import { Schema } from './schema';
import type { StoreName } from './tested';
import type { Where } from './where';

/**
 * Opens so many stores on the same new data, as processes would each have one, and closes and removes it all after
 * their use.
 */
export async function withStores<T>(
  name: StoreName,
  count: number,
  use: (stores: readonly EventStore[]) => Promise<T>,
): Promise<T> {
  if (name === 'SQLite') return withFiles(files => use(inOneFile(files, count)));
  if (name === 'PostgreSQL') return withSchema(schema => use(Array.from({ length: count }, () => schema.open())));
  const store = new InMemoryEventStore();
  return use(Array.from({ length: count }, () => store));
}

/** Lends a folder of database files. */
export async function withFiles<T>(use: (files: Files) => Promise<T>): Promise<T> {
  const files = new Files();
  return lent(
    () => use(files),
    () => files.close().finally(() => files.remove()),
  );
}

let schemas = 0;

/** Lends a schema of the test server, or of the one given. */
export async function withSchema<T>(use: (schema: Schema) => Promise<T>, url?: string): Promise<T> {
  const schema = new Schema(`faults_${process.pid}_${++schemas}`, url);
  return lent(
    () => use(schema),
    () => schema.end(),
  );
}

export const whereOf = ({ server, name }: Schema): Where => ({ connectionString: server, schema: name });

/** New data of a durable store: a store that is open on it, and where other processes find it. */
export interface DurablePlace {
  readonly store: EventStore;
  readonly where: Where;
}

/** Lends places of a durable store, and a folder; both are gone after their use. */
export const withDurable = <T>(
  name: Exclude<StoreName, 'memory'>,
  use: (place: () => DurablePlace, folder: string) => Promise<T>,
): Promise<T> =>
  withFiles(async files => {
    if (name === 'SQLite') {
      const place = (): DurablePlace => {
        const file = files.path();
        return { store: sqliteAt(files, file), where: { file } };
      };
      return use(place, files.folder);
    }
    const places: Schema[] = [];
    const place = (): DurablePlace => {
      const schema = new Schema(`faults_${process.pid}_${++schemas}`);
      places.push(schema);
      return { store: schema.open(), where: whereOf(schema) };
    };
    return lent(
      () => use(place, files.folder),
      () => Promise.all(places.map(schema => schema.end())),
    );
  });

function inOneFile(files: Files, count: number): EventStore[] {
  const file = files.path();
  return Array.from({ length: count }, () => sqliteAt(files, file));
}

// Tests end processes, not the machine: what survives a power cut is not what they look at.
const sqliteAt = (files: Files, file: string): EventStore => files.store(file, { synchronous: 'normal' });
