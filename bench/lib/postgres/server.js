// The server that workloads use, and a schema for each contender.
import pg from 'pg';

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/test';

/** Looks whether the server is there; the schemas made under its options are dropped in the end. */
export async function server(url = process.env.DATABASE_URL ?? DEFAULT_URL, note = '') {
  const run = `bench_${process.pid}`;
  const [{ version, connections }] = await once(
    url,
    `select current_setting('server_version') as version, current_setting('max_connections')::int as connections`,
  ).catch(error => {
    throw new Error(`no PostgreSQL at ${new URL(url).host}: ${error.message || error.code}`);
  });
  return { options: { url, run, connections }, server: `PostgreSQL ${version.split(' ')[0]}${note}`, release: () => dropSchemas(url, run) };
}

/** Makes the schema of a contender; resolves to its name and a URL whose connections find it without naming it. */
export async function ownSchema({ url, run, contender }) {
  const schema = `${run}_${contender.replaceAll(/[^a-z0-9]/g, '_')}`;
  await once(url, `drop schema if exists ${schema} cascade; create schema ${schema}`);
  const within = new URL(url);
  within.searchParams.set('options', `-c search_path=${schema}`);
  return { schema, url: within.href };
}

/** Runs a statement on a connection of its own; resolves to the rows. */
export async function once(url, text) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return rows;
  } finally {
    await client.end();
  }
}

async function dropSchemas(url, run) {
  const schemas = await once(url, `select nspname as name from pg_namespace where nspname like '${run.replaceAll('_', '\\_')}\\_%'`);
  for (const { name } of schemas) await once(url, `drop schema ${name} cascade`);
}
