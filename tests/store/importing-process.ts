import { createReadStream } from 'node:fs';
import { type EventStore, importEvents } from '../../src';
import { postgres } from '../../src/adapters/postgres';
import { sqlite } from '../../src/adapters/sqlite';

/**
 * A program that imports a file into a SQLite file, or into a schema of PostgreSQL, and prints a line after each batch.
 */
async function main({ events, place, schema }: { events: string; place: string; schema?: string }): Promise<void> {
  const store: EventStore = schema ? postgres({ connectionString: place, schema }) : sqlite(place);
  const progress = ({ imported, skipped }: { imported: number; skipped: number }): void =>
    console.log(`${imported} ${skipped}`);
  await importEvents(store, createReadStream(events), { progress });
  await store.close();
}

main(JSON.parse(process.argv[2]!)).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
