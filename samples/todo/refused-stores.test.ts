import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { loadDriver } from '../../src/adapters/sqlite/connection/load-driver';
import { url } from '../../tests/support/stores/schema';
import { TodoLine } from '../../tests/support/todo';

const line = new TodoLine();
const todo = line.run.bind(line);

/** A server that trusts everything on this machine asks for no password, but it knows its users. */
function stranger(): string {
  const address = new URL(url);
  address.username = 'stranger';
  address.password = 'wrong';
  return address.href;
}

describe('a store that cannot be used is answered by one line', () => {
  const refusal = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await todo(...args);
    expect({ code, out, err }).toEqual({ code: 1, out: [], err: [expect.stringMatching(/^.+$/)] });
    return err[0]!;
  };

  test('a damaged file', async () => {
    writeFileSync(line.place.file, 'damaged\n'.repeat(1000));
    expect(await refusal('list')).toMatch(/^'.*' is damaged, or not a SQLite database: /);
  });

  test('a database of something else', async () => {
    const other = loadDriver().open(line.place.file);
    other.exec('create table orders (id integer)');
    other.close();
    expect(await refusal('list')).toContain('is a SQLite database, but not an event store');
  });

  test('a folder, and a folder that is missing', async () => {
    mkdirSync(line.place.file);
    expect(await refusal('list')).toMatch(/^'.*' cannot be opened: /);
    line.place = { file: join(line.folder, 'missing', 'todo.db') };
    expect(await refusal('add', 'x')).toMatch(/^'.*' cannot be opened: .* Its folder must exist/);
  });

  test('a file that another program keeps locked', async () => {
    await todo('add', 'Buy milk');
    const other = loadDriver().open(line.place.file);
    other.exec('begin immediate');
    expect(await refusal('add', 'x')).toMatch(/^'.*' is locked: .* then try again\.$/);
    other.close();
    expect((await todo('add', 'x')).out).toEqual(['Added 2: x']);
  });

  test.each([
    [
      'a server that is not there',
      'postgres://postgres@127.0.0.1:1/postgres',
      /^PostgreSQL cannot be reached: .*ECONNREFUSED/,
    ],
    [
      'no such database',
      url.replace(/\/[^/]*$/, '/nowhere'),
      /^PostgreSQL cannot be reached: .*"nowhere" does not exist/,
    ],
    [
      'a user whom the server does not know, with a wrong password',
      stranger(),
      /^PostgreSQL cannot be reached: .*(password authentication failed for user|role) "stranger"/,
    ],
    ['an address of something else', 'mysql://localhost/todo', /connectionString must begin with postgres:\/\//],
    ['an address that is none', 'postgres://[', /./],
  ])('%s', async (_, databaseUrl, answer) => {
    line.place = { ...line.place, databaseUrl };
    const told = await refusal('list');
    expect(told).toMatch(answer);
    expect(told).not.toContain('wrong@');
  });

  test('a server that does not answer', async () => {
    const silent = await listening(createServer(() => {}));
    line.place = {
      ...line.place,
      databaseUrl: `postgres://postgres@127.0.0.1:${(silent.address() as { port: number }).port}/postgres`,
    };
    expect(await refusal('list')).toMatch(/^PostgreSQL cannot be reached: .*timeout/);
    silent.close();
  });

  test('a schema whose name is none', async () => {
    line.place = { ...line.place, databaseUrl: url, schema: 'No Schema' };
    expect(await refusal('list')).toContain("schema is 'No Schema'");
  });
});

const listening = (server: Server): Promise<Server> =>
  new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));
