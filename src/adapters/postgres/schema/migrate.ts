import type { Database } from '../connection/database';
import { checkedNames, type PostgresSchemaOptions } from '../connection/options';
import { type Statement, statement } from '../connection/statement';
import { PostgresSchemaNewerError, PostgresSchemaOutdatedError } from '../errors';
import { MIGRATIONS, type Migration } from './migrations';
import type { StoreNames } from './names';

/**
 * Returns, as SQL, all that a store needs: schema, tables and functions. Running it again changes nothing, and several
 * may run it at once. For setups in which applications must not alter the database; start the store with `{ migrate:
 * 'check' }` then.
 *
 * @example await writeFile('eventuality.sql', migrationSql({ schema: 'shop' }));
 * @throws PostgresOptionsError
 */
export function migrationSql(options: PostgresSchemaOptions = {}): string {
  const names = checkedNames(options);
  return `begin;\n\n${[...opening(names), ...steps(names, MIGRATIONS)].join('\n\n')}\n\ncommit;\n`;
}

/**
 * Brings the schema up to date, or rejects if it is not.
 * @throws PostgresSchemaOutdatedError, PostgresSchemaNewerError
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const { names, migrate } = database.settings;
  if (migrate === 'off') return;
  const found = await schemaVersion(database);
  const needed = migrations.at(-1)!.number;
  if (found > needed) throw new PostgresSchemaNewerError(names.schema, found, needed);
  if (found === needed) return;
  if (migrate === 'check') throw new PostgresSchemaOutdatedError(names.schema, found, needed);
  await apply(database, migrations);
}

/**
 * Checks again when it has the lock, because tables that another process has altered meanwhile are in use by then.
 * Starts again if the connection is lost.
 */
async function apply(database: Database, migrations: readonly Migration[]): Promise<void> {
  const { names } = database.settings;
  await database.transaction(async connection => {
    for (const text of opening(names)) await connection.run(text);
    const [newest] = await connection.ask(newestIn(names), []);
    const pending = migrations.filter(({ number }) => number > Number(newest![0]));
    for (const text of steps(names, pending)) await connection.run(text);
  });
}

// The schema is created only if it is missing: "create schema if not exists" needs a privilege that an application need
// not have.
function opening(names: StoreNames): string[] {
  const { schema } = names;
  return [
    `select pg_advisory_xact_lock(${names.migrationLock});`,
    `do $$ begin if to_regnamespace('${schema}') is null then create schema "${schema}"; end if; end $$;`,
    `create table if not exists ${names.of('migrations')} (
  number     integer primary key,
  title      text not null,
  applied_at timestamptz not null default now()
);`,
  ];
}

function steps(names: StoreNames, migrations: readonly Migration[]): string[] {
  return migrations.map(
    ({ number, title, sql }) => `-- ${number}: ${title}
${sql(names)}

insert into ${names.of('migrations')} (number, title) values (${number}, '${title}') on conflict do nothing;`,
  );
}

const newestIn = (names: StoreNames): Statement =>
  statement(`select coalesce(max(number), 0) from ${names.of('migrations')}`);

async function schemaVersion(database: Database): Promise<number> {
  const table = database.settings.names.of('migrations');
  const [exists] = await database.ask(statement('select to_regclass($1) is not null'), [table]);
  if (exists![0] !== 't') return 0;
  const [newest] = await database.ask(newestIn(database.settings.names), []);
  return Number(newest![0]);
}
