import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from './cli';
import { JsonLinesEventStore } from './json-lines-event-store';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'eventuality-todo-'));
let files = 0;
let file: string;

beforeEach(() => {
  file = join(folder, `${++files}.jsonl`);
});

afterAll(() => rmSync(folder, { recursive: true }));

async function todo(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, { out: line => out.push(line), err: line => err.push(line), file });
  return { code, out, err };
}

test('each command finds what earlier runs left', async () => {
  expect(await todo('list')).toEqual({ code: 0, out: ['Nothing to do. Add something: npm run todo -- add "Buy milk"'], err: [] });
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

test('a text that looks like an option goes behind two dashes', async () => {
  expect(await todo('add', '--', '-5 degrees')).toEqual({ code: 0, out: ['Added 1: -5 degrees'], err: [] });
});

test('the list is made again from more events than one page holds', async () => {
  const store = JsonLinesEventStore.open(file);
  const stream = (id: number) => ({ aggregateName: 'Todo', aggregateId: String(id) });
  const events = [{ name: 'TodoCreated', payload: { description: 'Buy milk' } }];
  await store.append(Array.from({ length: 1234 }, (_, index) => ({ stream: stream(index + 1), expected: 'none' as const, events })));
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
  expect(out.slice(-3)).toEqual(['[x] 1  Buy oat milk', '[ ] 2  Write the report', 'open: 1']);
});

test.each([['help'], ['--help'], ['-h'], ['list', '--help']])('help names every command: %s %s', async (...args) => {
  const { code, out } = await todo(...args);
  expect(code).toBe(0);
  for (const usage of ['add <text>', 'complete <id>', 'rename <id> <text>', 'list', 'history <id>'])
    expect(out.join('\n')).toContain(usage);
});

const known = 'There are: add, complete, rename, list, history, help.';

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
  const before = readFileSync(file);
  expect(await todo(...args)).toEqual({ code: 1, out: [], err: [line] });
  expect(readFileSync(file)).toEqual(before);
});

test('an unknown option is answered by one line', async () => {
  expect(await todo('list', '--all')).toEqual({ code: 1, out: [], err: [expect.stringMatching(/^Unknown option '--all'.*$/)] });
});

test('a file that cannot be used is answered by one line', async () => {
  writeFileSync(file, 'damaged\n');
  expect((await todo('list')).err).toEqual([`Line 1 of ${file} is damaged. Restore the file from a copy, or move it away to start anew.`]);
  file = join(folder, 'a-folder');
  mkdirSync(file);
  expect((await todo('list')).err).toEqual([`The file ${file} cannot be used (EISDIR: illegal operation on a directory).`]);
  file = join(folder, 'missing', 'todo.jsonl');
  expect((await todo('add', 'x')).err).toEqual([`The file ${file} cannot be used (ENOENT: no such file or directory).`]);
});

test('a line that was cut off by a crash is forgotten', async () => {
  await todo('add', 'Buy milk');
  appendFileSync(file, '[{"id":"0199');
  expect((await todo('list')).out).toEqual(['[ ] 1  Buy milk']);
  expect((await todo('add', 'Write')).out).toEqual(['Added 2: Write']);
  expect((await todo('list')).out).toEqual(['[ ] 1  Buy milk', '[ ] 2  Write']);
});

describe('as a program', () => {
  const tsNode = [require.resolve('ts-node/dist/bin'), '--transpile-only'];
  const settings = () => ({ cwd: root, env: { ...process.env, TODO_FILE: file } });
  const program = (...args: string[]) =>
    spawnSync(process.execPath, [...tsNode, 'samples/todo/main.ts', ...args], { ...settings(), encoding: 'utf8' });

  beforeAll(() => void execFileSync('npm', ['run', '-s', 'build'], { cwd: root }), 60_000);

  test('it keeps its todos between runs', () => {
    expect(program('add', 'Buy milk')).toMatchObject({ status: 0, stdout: 'Added 1: Buy milk\n', stderr: '' });
    expect(program('complete', '1')).toMatchObject({ status: 0, stdout: 'Completed 1: Buy milk\n', stderr: '' });
    expect(program('list')).toMatchObject({ status: 0, stdout: '[x] 1  Buy milk\n', stderr: '' });
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  }, 60_000);

  test('it answers wrong input by one line on stderr and exit code 1', () => {
    expect(program('complet', '2')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `There is no 'complet'. Did you mean 'complete'? ${known}\n`,
    });
    writeFileSync(file, '{}\n');
    const damaged = program('list');
    expect(damaged).toMatchObject({ status: 1, stdout: '' });
    expect(damaged.stderr).toMatch(/^Line 1 of .* is damaged\. .*\n$/);
  }, 60_000);

  test('it plays the story', () => {
    const { status, stdout, stderr } = program();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      'command  CreateTodo {"id":"1","description":"Buy milk"}\nevent    Todo 1 v1  TodoCreated {"description":"Buy milk"}\n',
    );
  }, 60_000);

  test('several at once on one file lose nothing that they said was added', async () => {
    const runs = Array.from({ length: 6 }, (_, index) =>
      spawn(process.execPath, [...tsNode, 'samples/todo/main.ts', 'add', `Task ${index}`], settings()),
    );
    const ends = await Promise.all(runs.map(outputOf));
    const added = ends.flatMap(({ code, out }) => (code === 0 ? [out.trim().replace(/^Added \d+: /, '')] : []));
    for (const { code, err } of ends) if (code !== 0) expect(err).toMatch(/^The file .* is in use by process \d+\. .*\n$/);
    expect(added.length).toBeGreaterThan(0);
    const { out } = await todo('list');
    expect(out.map(line => line.replace(/^\[ \] \d+ {2}/, '')).sort()).toEqual(added.sort());
  }, 60_000);

  test('what it has acknowledged is there after it was killed', async () => {
    const script = `
      const { JsonLinesEventStore } = require('./samples/todo/json-lines-event-store');
      const store = JsonLinesEventStore.open(process.env.TODO_FILE);
      const events = ['a', 'b'].map(letter => ({ name: 'TodoRenamed', payload: { description: letter.repeat(500) } }));
      (async () => {
        for (;;) {
          const outcome = await store.append([{ stream: { aggregateName: 'Todo', aggregateId: '1' }, expected: 'any', events }]);
          process.stdout.write(outcome.events.at(-1).version + '\\n');
          await new Promise(setImmediate);
        }
      })();`;
    for (const afterLines of [1, 5, 20]) {
      const child = spawn(process.execPath, [...tsNode, '-e', script], settings());
      const acknowledged = await killAfter(child, afterLines);
      const store = JsonLinesEventStore.open(file);
      const [last, ...unheardOf] = await store.read({ aggregateName: 'Todo', aggregateId: '1' }, { from: acknowledged });
      expect(last).toMatchObject({ version: acknowledged, payload: { description: 'b'.repeat(500) } });
      // One append can be stored without its acknowledgement having been heard; never a half of it.
      expect(unheardOf.length % 2).toBe(0);
      await store.close();
    }
  }, 60_000);
});

function outputOf(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', chunk => (out += chunk));
  child.stderr!.on('data', chunk => (err += chunk));
  return new Promise(resolve => child.once('close', code => resolve({ code, out, err })));
}

/** Kills a process when it has written so many lines; returns the number on the last line it wrote. */
async function killAfter(child: ChildProcess, lines: number): Promise<number> {
  const ended = new Promise(resolve => child.once('exit', resolve));
  let [seen, last] = [0, 0];
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line);
    if (++seen === lines) child.kill('SIGKILL');
  }
  await ended;
  return last;
}
