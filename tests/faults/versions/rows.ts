import { Client } from 'pg';
import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';
import type { Where } from '../../support/stores/where';

const TABLES = ['read_models', 'checkpoints', 'leases', 'members', 'dead_letters', 'documents'] as const;

/** Counts the rows of what projections keep. */
export async function rowsOf(where: Where): Promise<Record<(typeof TABLES)[number], number>> {
  const counts: [string, number][] = [];
  if ('file' in where) {
    const shell = loadDriver().open(where.file);
    for (const table of TABLES)
      counts.push([table, (shell.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n]);
    shell.close();
  } else {
    const client = new Client({ connectionString: where.connectionString });
    await client.connect();
    for (const table of TABLES) {
      const { rows } = await client.query(`select count(*)::integer as n from "${where.schema}".eventuality_${table}`);
      counts.push([table, rows[0].n]);
    }
    await client.end();
  }
  return Object.fromEntries(counts) as Record<(typeof TABLES)[number], number>;
}
