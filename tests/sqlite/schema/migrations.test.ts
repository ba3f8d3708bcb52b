import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/schema/migrations';
import { testFiles } from '../../support/stores/files';
import { everything } from '../../support/stores/whole-stores';
import { to } from '../events';

const files = testFiles();
const next = `alter table events add column note text not null default 'none';`;

/** Makes a file with one event, and returns it with a connection of its own. */
async function older() {
  const store = files.store();
  await store.append(to('1'));
  await store.close();
  return { file: store.file, shell: files.shell(store.file) };
}

test('a file of an older version gets the steps that are missing, once, and keeps its events', async () => {
  const { file, shell } = await older();
  for (let round = 0; round < 3; round++) migrate(shell, file, [...MIGRATIONS, next]);
  expect(shell.prepare('pragma user_version').get()).toEqual({ user_version: MIGRATIONS.length + 1 });
  expect(shell.prepare('select note from events').all()).toEqual([{ note: 'none' }]);
  expect(() => files.store(file)).toThrow(expect.objectContaining({ code: 'SQLITE_FILE_NEWER' }));
});

test('steps are taken back together when one of them fails, and the file is used as it was', async () => {
  const { file, shell } = await older();
  const before = shell.prepare('select type, name, sql from sqlite_schema order by name').all();
  expect(() => migrate(shell, file, [...MIGRATIONS, next, 'insert into nothing values (1)'])).toThrow(/nothing/);
  expect(shell.prepare('select type, name, sql from sqlite_schema order by name').all()).toEqual(before);
  expect(await everything(files.store(file))).toHaveLength(1);
});
