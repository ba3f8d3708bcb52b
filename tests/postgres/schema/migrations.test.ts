import { migrationSql } from '../../../src/adapters/postgres';
import { Database } from '../../../src/adapters/postgres/connection/database';
import { checkedOptions } from '../../../src/adapters/postgres/connection/options';
import { migrate } from '../../../src/adapters/postgres/schema/migrate';
import { MIGRATIONS, type Migration } from '../../../src/adapters/postgres/schema/migrations';
import { range, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);

const applied = async (prefix: string): Promise<number[]> =>
  (await schema.sql(`select number from "${schema.name}".${prefix}migrations order by number`)).map(row => row.number);

test('"auto" makes schema, tables and functions, once, however many start at the same time', async () => {
  const stores = range(1, 6).map(() => schema.open({ tablePrefix: 'auto_' }));
  await Promise.all(stores.map(store => store.ready()));
  expect(await applied('auto_')).toEqual([1]);
  const again = schema.open({ tablePrefix: 'auto_' });
  await again.append([to('a', 'none')]);
  expect(await applied('auto_')).toEqual([1]);
});

test('stores of different names can start at the same time in a schema that is yet to be made', async () => {
  const rounds = range(1, 3).map(round => `${schema.name}_${round}`);
  for (const name of rounds) {
    const stores = range(1, 6).map(n => schema.open({ schema: name, tablePrefix: `p${n}_` }));
    await Promise.all(stores.map(store => store.ready())).finally(() =>
      schema.sql(`drop schema if exists "${name}" cascade`),
    );
  }
});

test('the printed SQL makes the same, can be run again, and "check" is content with it', async () => {
  const options = { schema: schema.name, tablePrefix: 'printed_' };
  await schema.sql(migrationSql(options));
  const store = schema.open({ ...options, migrate: 'check' });
  await store.append([to('a', 'none')]);
  await schema.sql(migrationSql(options));
  expect(await applied('printed_')).toEqual([1]);
  expect(await store.read(stream('a'))).toHaveLength(1);
});

test('"check" says what is missing and makes nothing', async () => {
  const store = schema.open({ tablePrefix: 'missing_', migrate: 'check' });
  await expect(store.append([to('a', 'none')])).rejects.toMatchObject({ code: 'POSTGRES_SCHEMA_OUTDATED' });
  expect(await schema.sql(`select to_regclass('"${schema.name}".missing_events') as found`)).toEqual([{ found: null }]);
});

test('"off" looks at nothing; the first use says what is missing', async () => {
  const store = schema.open({ tablePrefix: 'off_', migrate: 'off' });
  await store.ready();
  await expect(store.append([to('a', 'none')])).rejects.toMatchObject({ code: 'POSTGRES_SCHEMA_OUTDATED' });
  await expect(store.readAll()).rejects.toMatchObject({ code: 'POSTGRES_SCHEMA_OUTDATED' });
});

test('tables of a newer version of the package are refused', async () => {
  await schema.open({ tablePrefix: 'newer_' }).ready();
  await schema.sql(`insert into "${schema.name}".newer_migrations (number, title) values (99, 'from the future')`);
  for (const migrate of ['auto', 'check'] as const) {
    await expect(schema.open({ tablePrefix: 'newer_', migrate }).ready()).rejects.toMatchObject({
      code: 'POSTGRES_SCHEMA_NEWER',
    });
  }
});

describe('a step that comes later', () => {
  const next: Migration = {
    ...{ number: 2, title: 'notes of events' },
    sql: names => `alter table ${names.of('events')} add column if not exists note text not null default 'none';`,
  };

  /** Has a store's tables migrated as a version of the package would that has these steps. */
  const migrated = (options: object, steps: readonly Migration[]): Promise<void> => {
    const pool = schema.pool();
    return migrate(new Database(pool, checkedOptions({ pool, schema: schema.name, ...options }), () => {}), steps);
  };

  test('is taken once, however many start at the same time, and the events are kept', async () => {
    const options = { tablePrefix: 'older_' };
    const store = schema.open(options);
    await store.append([to('a', 'none')]);
    await Promise.all(range(1, 4).map(() => migrated(options, [...MIGRATIONS, next])));
    expect(await applied('older_')).toEqual([1, 2]);
    expect(await schema.sql(`select aggregate_id, note from "${schema.name}".older_events`)).toEqual([
      { aggregate_id: 'a', note: 'none' },
    ]);
    await store.append([to('b', 'none')]);
    expect(await store.readAll()).toHaveLength(2);
    await expect(schema.open(options).ready()).rejects.toMatchObject({ code: 'POSTGRES_SCHEMA_NEWER' });
  });

  test('is missed by "check", which makes nothing', async () => {
    const options = { tablePrefix: 'behind_' };
    await schema.open(options).ready();
    await expect(migrated({ ...options, migrate: 'check' }, [...MIGRATIONS, next])).rejects.toMatchObject({
      code: 'POSTGRES_SCHEMA_OUTDATED',
      message: expect.stringContaining('is at migration 1; 2 is needed'),
    });
    expect(await applied('behind_')).toEqual([1]);
  });

  test('is taken back with those before it when one fails', async () => {
    const options = { tablePrefix: 'failing_' };
    await schema.open(options).ready();
    const failing: Migration = { number: 3, title: 'fails', sql: () => 'select 1 / 0;' };
    await expect(migrated(options, [...MIGRATIONS, next, failing])).rejects.toMatchObject({ code: '22012' });
    expect(await applied('failing_')).toEqual([1]);
    await migrated(options, [...MIGRATIONS, next]);
    expect(await applied('failing_')).toEqual([1, 2]);
  });
});
