// The server that workloads use, and a schema for each contender.
import pg from 'pg';

/** How long connections of our own pools wait for work, in milliseconds: the server must have enough for the contender whose turn it is. */
export const IDLE = 1000;

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
  if (['127.0.0.1', 'localhost'].includes(new URL(url).hostname)) await dropAll(url, isAbandoned);
  return {
    options: { url, run, connections },
    server: `PostgreSQL ${version.split(' ')[0]}${note}`,
    release: () => dropAll(url, pid => pid === process.pid),
  };
}

/** Makes the schema of a contender; resolves to its name and a URL whose connections find it without naming it. */
export async function ownSchema({ url, run, contender }) {
  const schema = nameOf(run, contender);
  await once(url, `drop schema if exists ${schema} cascade; create schema ${schema}`);
  const within = new URL(url);
  within.searchParams.set('options', `-c search_path=${schema}`);
  return { schema, url: within.href };
}

/** Makes a database for a contender that cannot be one of several in one database. */
export async function ownDatabase({ url, run, contender }) {
  const database = nameOf(run, contender);
  await once(url, `create database ${database} template template0`);
  const own = new URL(url);
  own.pathname = database;
  return own.href;
}

const nameOf = (run, contender) => `${run}_${contender.replaceAll(/[^a-z0-9]/g, '_')}`;

/** What autovacuum would do some time after a store was filled. */
export const settle = (url, tables) => once(url, `vacuum (analyze) ${tables.join(', ')}`);

/** Runs a statement on a connection of its own, which sees only what was committed; resolves to the rows. */
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

/** Drops the schemas and databases of runs. */
async function dropAll(url, isMeant) {
  const found = await once(
    url,
    `select nspname as name, 'schema' as kind from pg_namespace where nspname ~ '^bench_[0-9]+_'
     union all select datname, 'database' from pg_database where datname ~ '^bench_[0-9]+_'`,
  );
  for (const { name, kind } of found.filter(each => isMeant(Number(each.name.split('_')[1])))) {
    await once(url, kind === 'schema' ? `drop schema ${name} cascade` : `drop database ${name} with (force)`);
  }
}

function isAbandoned(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
