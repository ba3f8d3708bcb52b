import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder for the files of all contenders of a workload; BENCH_FOLDER says where, which must not be a file system in memory. */
export async function ownFolder() {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'eventuality-bench-sqlite-'));
  return { options: { folder }, release: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Counts in a process of its own: it sees only what was committed. */
export const rowsIn = (file, table) => async () => rows(file, `select count(*) as count from ${table}`)[0].count;

/** Reads the documents of a table, as {@link rowsIn} counts. */
export const documentsIn = (file, table) => async () =>
  rows(file, `select id, document from ${table}`).map(({ id, document }) => ({ id, document: JSON.parse(document) }));

// Not in this process: contenders bring copies of SQLite of their own, and two copies that have a file open in one process do not see each
// other's locks. The second one took the shared memory of the first away, which ended it with SIGBUS.
function rows(file, query) {
  const script = fileURLToPath(new URL('rows.js', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, file, query], { maxBuffer: Number.POSITIVE_INFINITY }));
}
