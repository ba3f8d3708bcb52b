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
export const rowsIn = (file, table) => async () => {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(`select count(*) as count from ${table}`).get().count;
  } finally {
    database.close();
  }
};
