import { createReadStream } from 'node:fs';
import { type EventStore, importEvents } from '../../src';
import { postgres } from '../../src/postgres';
import { sqlite } from '../../src/sqlite';

/** A program that imports a file and prints a line after each batch: `<events> <SQLite file | address of PostgreSQL> [schema]`. */
async function main([events, place, schema]: readonly string[]): Promise<void> {
  const store: EventStore = schema ? postgres({ connectionString: place!, schema }) : sqlite(place!);
  const progress = ({ imported, skipped }: { imported: number; skipped: number }): void => console.log(`${imported} ${skipped}`);
  await importEvents(store, createReadStream(events!), { progress });
  await store.close();
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
