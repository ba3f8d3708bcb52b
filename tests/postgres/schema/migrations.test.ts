import { migrationSql } from '../../../src/adapters/postgres';
import { range, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);

const applied = async (prefix: string): Promise<number[]> =>
  (await schema.sql(`select number from "${schema.name}".${prefix}migrations order by number`)).map(row => row.number);

test('"auto" makes schema, tables and functions, once, however many start at the same time', async () => {
  const stores = range(1, 6).map(() => schema.open({ tablePrefix: 'auto_' }));
  await Promise.all(stores.map(store => store.ready()));
  expect(await applied('auto_')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  const again = schema.open({ tablePrefix: 'auto_' });
  await again.append([to('a', 'none')]);
  expect(await applied('auto_')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
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
  expect(await applied('printed_')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
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

test('tables of an older version are brought up to date, and their events kept', async () => {
  const store = schema.open({ tablePrefix: 'older_' });
  await store.append([to('a', 'none')]);
  await schema.sql(
    `delete from "${schema.name}".older_migrations where number > 1; drop table "${schema.name}".older_snapshots; drop function "${schema.name}".older_horizon`,
  );
  const check = schema.open({ tablePrefix: 'older_', migrate: 'check' });
  await expect(check.ready()).rejects.toMatchObject({ code: 'POSTGRES_SCHEMA_OUTDATED' });
  expect(await schema.open({ tablePrefix: 'older_' }).readAll()).toHaveLength(1);
});

test('tables of a version before marks get their column, and the append function that writes it in place of the one before', async () => {
  const store = schema.open({ tablePrefix: 'unmarked_' });
  await store.append([to('a', 'none')]);
  const before = (
    await schema.sql(`select oidvectortypes(proargtypes) as types from pg_proc where proname = 'unmarked_append'`)
  )[0].types;
  const own = before.replace(/, jsonb$/, '');
  await schema.sql(
    `delete from "${schema.name}".unmarked_migrations where number > 8; alter table "${schema.name}".unmarked_events drop column marks;
     create function "${schema.name}".unmarked_append(${own}) returns integer language sql as 'select 1'`,
  );
  const again = schema.open({ tablePrefix: 'unmarked_' });
  await again.append([{ ...to('b', 'any'), events: [{ name: 'Gone', payload: {}, marks: { deleted: true } }] }]);
  expect((await again.readAll()).map(({ marks }) => marks)).toEqual([undefined, { deleted: true }]);
  const functions = await schema.sql(
    `select oidvectortypes(proargtypes) as types from pg_proc where proname = 'unmarked_append'`,
  );
  expect(functions).toEqual([{ types: before }]);
});
