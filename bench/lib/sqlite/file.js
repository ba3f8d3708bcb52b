import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A folder for the files of all contenders of a workload; BENCH_FOLDER says where, which must not be a file system in memory. */
export async function ownFolder() {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'eventuality-bench-sqlite-'));
  return { options: { folder }, release: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Counts on a connection of its own: it sees only what was committed. */
export const rowsIn = (file, table) => async () => rows(file, `select count(*) as count from ${table}`)[0].count;

/** Reads the documents of a table, as {@link rowsIn} counts. */
export const documentsIn = (file, table) => async () =>
  rows(file, `select id, document from ${table}`).map(({ id, document }) => ({ id, document: JSON.parse(document) }));

function rows(file, query) {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}
