import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { builtDist, linkPackages } from '../../tests/support/package';
import { TestSchema } from '../../tests/support/stores/schema';
import { KNOWN, TodoLine } from '../../tests/support/todo';

const root = join(__dirname, '../..');
const schema = new TestSchema(__filename);
const line = new TodoLine();
const todo = line.run.bind(line);
const COMPILED: ts.CompilerOptions = {
  ...{ module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
};

describe('as a program', () => {
  const program = [join(line.folder, 'main.js')];
  /** As `npm run todo` starts it. */
  const source = [require.resolve('ts-node/dist/bin'), '--transpile-only', 'scripts/todo.ts'];
  const settings = () => {
    const { DATABASE_URL: _, ...env } = process.env;
    const database = line.place.databaseUrl && {
      DATABASE_URL: line.place.databaseUrl,
      EVENTUALITY_SCHEMA: line.place.schema,
    };
    return { cwd: root, env: { ...env, TODO_FILE: line.place.file, ...database } };
  };
  const result = (...args: string[]) =>
    spawnSync(process.execPath, [...program, ...args], { ...settings(), encoding: 'utf8' });

  /** Compiled once, in a folder that finds the package as it is built. */
  beforeAll(async () => {
    await builtDist();
    linkPackages(line.folder, ['eventuality', 'reflect-metadata', 'tsyringe']);
    for (const file of readdirSync(__dirname).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(join(__dirname, file), 'utf8'), {
        compilerOptions: COMPILED,
        fileName: file,
      });
      writeFileSync(join(line.folder, file.replace(/\.ts$/, '.js')), outputText);
    }
  }, 120_000);

  test.each(line.places(schema))(
    'it keeps its todos between runs: %s',
    async (_, make) => {
      line.place = await make();
      expect(result('add', 'Buy milk')).toMatchObject({ status: 0, stdout: 'Added 1: Buy milk\n', stderr: '' });
      expect(result('complete', '1')).toMatchObject({ status: 0, stdout: 'Completed 1: Buy milk\n', stderr: '' });
      expect(result('list')).toMatchObject({ status: 0, stdout: '[x] 1  Buy milk\n', stderr: '' });
      expect(await line.stored()).toHaveLength(2);
    },
    60_000,
  );

  test('it answers wrong input by one line on stderr and exit code 1', () => {
    expect(result('complet', '2')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `There is no 'complet'. Did you mean 'complete'? ${KNOWN}\n`,
    });
    writeFileSync(line.place.file, 'damaged\n'.repeat(1000));
    const damaged = result('list');
    expect(damaged).toMatchObject({ status: 1, stdout: '' });
    expect(damaged.stderr).toMatch(/^'.*' is damaged, or not a SQLite database: .*\n$/);
    line.place = { ...line.place, databaseUrl: 'postgres://postgres@127.0.0.1:1/postgres' };
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

  test.each(line.places(schema))(
    'several that add at once all succeed, each with a number of its own: %s',
    async (_, make) => {
      line.place = await make();
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

function outputOf(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', chunk => (out += chunk));
  child.stderr!.on('data', chunk => (err += chunk));
  return new Promise(resolve => child.once('close', code => resolve({ code, out, err })));
}
