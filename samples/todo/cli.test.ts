import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from 'eventuality';
import ts from 'typescript';
import { loadDriver } from '../../src/adapters/sqlite/connection/load-driver';
import { builtDist, linkPackages } from '../../tests/support/package';
import { TestSchema, url } from '../../tests/support/stores/schema';
import { run } from './cli';
import { openStore, type Place, placeOf } from './store';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'eventuality-todo-'));
const schema = new TestSchema(__filename);
const COMPILED: ts.CompilerOptions = {
  ...{ module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
};
let files = 0;
let place: Place;

beforeEach(() => {
  place = { file: join(folder, `${++files}.db`) };
});

afterAll(() => rmSync(folder, { recursive: true }));

async function todo(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, { out: line => out.push(line), err: line => err.push(line), place });
  return { code, out, err };
}

/** Everything that is stored. */
async function stored(): Promise<readonly RecordedEvent[]> {
  const store = openStore(place);
  const events = await store.readAll();
  await store.close();
  return events;
}

const places: readonly [string, () => Promise<Place>][] = [
  ['in a SQLite file', async () => place],
  [
    'in PostgreSQL',
    async () => {
      await schema.sql(`drop schema if exists "${schema.name}" cascade`);
      return { file: join(folder, 'unused.db'), databaseUrl: url, schema: schema.name };
    },
  ],
];

test.each(places)('each command finds what earlier runs left: %s', async (_, make) => {
  place = await make();
  expect(await todo('list')).toEqual({
    code: 0,
    out: ['Nothing to do. Add something: npm run todo -- add "Buy milk"'],
    err: [],
  });
  expect(await todo('add', ' Buy\nmilk ')).toEqual({ code: 0, out: ['Added 1: Buy milk'], err: [] });
  expect(await todo('add', 'Write the report')).toEqual({ code: 0, out: ['Added 2: Write the report'], err: [] });
  expect(await todo('rename', '1', 'Buy oat milk')).toEqual({ code: 0, out: ['Renamed 1: Buy oat milk'], err: [] });
  expect(await todo('complete', '1')).toEqual({ code: 0, out: ['Completed 1: Buy oat milk'], err: [] });
  expect((await todo('list')).out).toEqual(['[x] 1  Buy oat milk', '[ ] 2  Write the report']);
  const history = (await todo('history', '1')).out;
  expect(history.map(line => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}/, ''))).toEqual([
    'Todo 1 v1  TodoCreated {"description":"Buy milk"}',
    'Todo 1 v2  TodoRenamed {"description":"Buy oat milk"}',
    'Todo 1 v3  TodoCompleted {}',
  ]);
});

test('the environment says where the todos are', () => {
  expect(placeOf({})).toEqual({ file: join(__dirname, 'todo.db') });
  expect(placeOf({ TODO_FILE: 'my.db', DATABASE_URL: '', EVENTUALITY_SCHEMA: '' })).toEqual({ file: 'my.db' });
  expect(placeOf({ DATABASE_URL: url, EVENTUALITY_SCHEMA: 'todos' })).toMatchObject({
    databaseUrl: url,
    schema: 'todos',
  });
});

test('a text that looks like an option goes behind two dashes', async () => {
  expect(await todo('add', '--', '-5 degrees')).toEqual({ code: 0, out: ['Added 1: -5 degrees'], err: [] });
});

test('the list is made again from more events than one page holds', async () => {
  const store = openStore(place);
  const stream = (id: number) => ({ aggregateName: 'Todo', aggregateId: String(id) });
  const events = [{ name: 'TodoCreated', payload: { description: 'Buy milk' } }];
  await store.append(
    Array.from({ length: 1234 }, (_, index) => ({ stream: stream(index + 1), expected: 'none' as const, events })),
  );
  await store.close();
  expect((await todo('list')).out).toHaveLength(1234);
  expect((await todo('add', 'Write')).out).toEqual(['Added 1235: Write']);
});

test('the story is played without a file', async () => {
  const { code, out, err } = await todo();
  expect([code, err]).toEqual([0, []]);
  expect(out.slice(0, 2)).toEqual([
    'command  CreateTodo {"id":"1","description":"Buy milk"}',
    'event    Todo 1 v1  TodoCreated {"description":"Buy milk"}',
  ]);
  expect(out).toContain('         refused: Todo 1 is completed; its description stays.');
  expect(out.filter(line => line.startsWith('open'))).toEqual([
    'open     Buy milk',
    'open     Buy milk, Write the report',
    'open     Buy oat milk, Write the report',
    'open     Write the report',
  ]);
  expect(out.slice(-2)).toEqual(['[x] 1  Buy oat milk', '[ ] 2  Write the report']);
});

test.each([['help'], ['--help'], ['-h'], ['list', '--help']])('help names every command: %s %s', async (...args) => {
  const { code, out } = await todo(...args);
  expect(code).toBe(0);
  for (const usage of ['add <text>', 'complete <id>', 'rename <id> <text>', 'list', 'history <id>', 'rebuild'])
    expect(out.join('\n')).toContain(usage);
});

const known = 'There are: add, complete, rename, list, history, rebuild, help.';

test.each([
  [['ad', 'x'], `There is no 'ad'. Did you mean 'add'? ${known}`],
  [['hepl'], `There is no 'hepl'. Did you mean 'help'? ${known}`],
  [['toString'], `There is no 'toString'. ${known}`],
  [[''], `There is no ''. ${known}`],
  [['add'], 'Use: add <text>.'],
  [['add', 'Buy', 'milk'], 'Use: add <text>. Put a text of several words in quotes.'],
  [['rename', '1'], 'Use: rename <id> <text>.'],
  [['complete'], 'Use: complete <id>.'],
  [['complete', '1', '2'], 'Use: complete <id>.'],
  [['list', 'all'], 'Use: list.'],
  [['rebuild', '1'], 'Use: rebuild.'],
  [['rebild'], `There is no 'rebild'. Did you mean 'rebuild'? ${known}`],
  [['add', '  '], 'A todo needs a description.'],
  [['rename', '2', ''], 'A todo needs a description.'],
  [['complete', '7'], "There is no todo '7'."],
  [['complete', ''], "There is no todo ''."],
  [['complete', '7'.repeat(256)], `There is no todo '${'7'.repeat(256)}'.`],
  [['rename', '7', 'x'], "There is no todo '7'."],
  [['history', '7'], "There is no todo '7'."],
  [['complete', '1'], 'Todo 1 is completed already.'],
  [['rename', '2', 'Write'], 'Todo 2 has that description already.'],
  [['rename', '1', 'x'], 'Todo 1 is completed; its description stays.'],
])('wrong input is answered by one line: %j', async (args, line) => {
  await todo('add', 'Buy milk');
  await todo('add', 'Write');
  await todo('complete', '1');
  const before = await stored();
  expect(await todo(...args)).toEqual({ code: 1, out: [], err: [line] });
  expect(await stored()).toEqual(before);
});

test('an unknown option is answered by one line', async () => {
  expect(await todo('list', '--all')).toEqual({
    code: 1,
    out: [],
    err: [expect.stringMatching(/^Unknown option '--all'.*$/)],
  });
});

describe('a store that cannot be used is answered by one line', () => {
  const refusal = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await todo(...args);
    expect({ code, out, err }).toEqual({ code: 1, out: [], err: [expect.stringMatching(/^.+$/)] });
    return err[0]!;
  };

  test('a damaged file', async () => {
    writeFileSync(place.file, 'damaged\n'.repeat(1000));
    expect(await refusal('list')).toMatch(/^'.*' is damaged, or not a SQLite database: /);
  });

  test('a database of something else', async () => {
    const other = loadDriver().open(place.file);
    other.exec('create table orders (id integer)');
    other.close();
    expect(await refusal('list')).toContain('is a SQLite database, but not an event store');
  });

  test('a folder, and a folder that is missing', async () => {
    mkdirSync(place.file);
    expect(await refusal('list')).toMatch(/^'.*' cannot be opened: /);
    place = { file: join(folder, 'missing', 'todo.db') };
    expect(await refusal('add', 'x')).toMatch(/^'.*' cannot be opened: .* Its folder must exist/);
  });

  test('a file that somebody keeps locked', async () => {
    await todo('add', 'Buy milk');
    const other = loadDriver().open(place.file);
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
    ['a wrong password', url.replace(/:[^:@]*@/, ':wrong@'), /^PostgreSQL cannot be reached: .*password/],
    ['an address of something else', 'mysql://localhost/todo', /connectionString must begin with postgres:\/\//],
    ['an address that is none', 'postgres://[', /./],
  ])('%s', async (_, databaseUrl, answer) => {
    place = { ...place, databaseUrl };
    const line = await refusal('list');
    expect(line).toMatch(answer);
    expect(line).not.toContain('wrong@');
  });

  test('a server that does not answer', async () => {
    const silent = await listening(createServer(() => {}));
    place = {
      ...place,
      databaseUrl: `postgres://postgres@127.0.0.1:${(silent.address() as { port: number }).port}/postgres`,
    };
    expect(await refusal('list')).toMatch(/^PostgreSQL cannot be reached: .*timeout/);
    silent.close();
  });

  test('a schema whose name is none', async () => {
    place = { ...place, databaseUrl: url, schema: 'No Schema' };
    expect(await refusal('list')).toContain("schema is 'No Schema'");
  });
});

describe('as a program', () => {
  const program = [join(folder, 'main.js')];
  /** As `npm run todo` starts it. */
  const source = [require.resolve('ts-node/dist/bin'), '--transpile-only', 'samples/todo/main.ts'];
  const settings = () => {
    const { DATABASE_URL: _, ...env } = process.env;
    const database = place.databaseUrl && { DATABASE_URL: place.databaseUrl, EVENTUALITY_SCHEMA: place.schema };
    return { cwd: root, env: { ...env, TODO_FILE: place.file, ...database } };
  };
  const result = (...args: string[]) =>
    spawnSync(process.execPath, [...program, ...args], { ...settings(), encoding: 'utf8' });

  /** Compiled once, in a folder that finds the package as it is built. */
  beforeAll(async () => {
    await builtDist();
    linkPackages(folder, ['eventuality', 'reflect-metadata', 'tsyringe']);
    for (const file of readdirSync(__dirname).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(join(__dirname, file), 'utf8'), {
        compilerOptions: COMPILED,
        fileName: file,
      });
      writeFileSync(join(folder, file.replace(/\.ts$/, '.js')), outputText);
    }
  }, 120_000);

  test.each(places)(
    'it keeps its todos between runs: %s',
    async (_, make) => {
      place = await make();
      expect(result('add', 'Buy milk')).toMatchObject({ status: 0, stdout: 'Added 1: Buy milk\n', stderr: '' });
      expect(result('complete', '1')).toMatchObject({ status: 0, stdout: 'Completed 1: Buy milk\n', stderr: '' });
      expect(result('list')).toMatchObject({ status: 0, stdout: '[x] 1  Buy milk\n', stderr: '' });
      expect(await stored()).toHaveLength(2);
    },
    60_000,
  );

  test('it answers wrong input by one line on stderr and exit code 1', () => {
    expect(result('complet', '2')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `There is no 'complet'. Did you mean 'complete'? ${known}\n`,
    });
    writeFileSync(place.file, 'damaged\n'.repeat(1000));
    const damaged = result('list');
    expect(damaged).toMatchObject({ status: 1, stdout: '' });
    expect(damaged.stderr).toMatch(/^'.*' is damaged, or not a SQLite database: .*\n$/);
    place = { ...place, databaseUrl: 'postgres://postgres@127.0.0.1:1/postgres' };
    const unreachable = result('list');
    expect(unreachable).toMatchObject({ status: 1, stdout: '' });
    expect(unreachable.stderr).toMatch(/^PostgreSQL cannot be reached: .*\n$/);
  }, 60_000);

  test('it plays the story, from its source', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, source, { ...settings(), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      'command  CreateTodo {"id":"1","description":"Buy milk"}\nevent    Todo 1 v1  TodoCreated {"description":"Buy milk"}\n',
    );
  }, 60_000);

  test.each(places)(
    'several that add at once all succeed, each with a number of its own: %s',
    async (_, make) => {
      place = await make();
      const tasks = Array.from({ length: 6 }, (_, index) => `Task ${index}`);
      const ends = await Promise.all(
        tasks.map(task => outputOf(spawn(process.execPath, [...program, 'add', task], settings()))),
      );
      expect(ends.map(({ code, err }) => ({ code, err }))).toEqual(tasks.map(() => ({ code: 0, err: '' })));
      const added = ends.map(({ out }) => out.replace('Added ', '[ ] ').replace(': ', '  ').trim());
      expect((await todo('list')).out.sort()).toEqual(added.sort());
      expect(added.map(line => line.split(' ')[2])).toEqual(['1', '2', '3', '4', '5', '6']);
    },
    60_000,
  );
});

const listening = (server: Server): Promise<Server> =>
  new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));

function outputOf(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', chunk => (out += chunk));
  child.stderr!.on('data', chunk => (err += chunk));
  return new Promise(resolve => child.once('close', code => resolve({ code, out, err })));
}
