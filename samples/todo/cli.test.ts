import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './cli';

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
  expect(await todo('add', 'Buy milk')).toEqual({ code: 0, out: ['Added 1: Buy milk'], err: [] });
  expect(await todo('add', 'Write the report')).toEqual({ code: 0, out: ['Added 2: Write the report'], err: [] });
  expect(await todo('rename', '1', 'Buy oat milk')).toEqual({ code: 0, out: ['Renamed 1: Buy oat milk'], err: [] });
  expect(await todo('complete', '1')).toEqual({ code: 0, out: ['Completed 1'], err: [] });
  expect((await todo('list')).out).toEqual(['[x] 1  Buy oat milk', '[ ] 2  Write the report']);
  const history = (await todo('history', '1')).out;
  expect(history.map(line => line.replace(/^\S+ {2}/, ''))).toEqual([
    'Todo 1 v1  TodoAdded {"description":"Buy milk"}',
    'Todo 1 v2  TodoRenamed {"description":"Buy oat milk"}',
    'Todo 1 v3  TodoCompleted {}',
  ]);
});

test('the story is played without a file', async () => {
  const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const { code, out } = await todo();
  expect(code).toBe(0);
  expect(out.slice(-2)).toEqual(['[x] 1  Buy oat milk', '[ ] 2  Write the report']);
  expect(out).toContain('         refused: Todo 1 is completed; its description stays.');
  expect(print.mock.calls.flat()).toHaveLength(4);
  print.mockRestore();
});

test.each([
  [['ad', 'x'], "There is no 'ad'. Use: add <text> | complete <id> | rename <id> <text> | list | history <id>"],
  [['add'], 'Use: add <text> (text with spaces in quotes)'],
  [['add', 'Buy', 'milk'], 'Use: add <text> (text with spaces in quotes)'],
  [['list', 'all'], 'Use: list (text with spaces in quotes)'],
  [['add', '  '], 'A todo needs a description.'],
  [['complete', '7'], 'There is no todo 7.'],
  [['rename', '7', 'x'], 'There is no todo 7.'],
  [['history', '7'], 'There is no todo 7.'],
  [['complete', '1'], 'Todo 1 is completed already.'],
  [['rename', '2', 'Write'], 'Todo 2 has that description already.'],
  [['rename', '1', 'x'], 'Todo 1 is completed; its description stays.'],
])('wrong input is answered by one line: %s', async (args, line) => {
  await todo('add', 'Buy milk');
  await todo('add', 'Write');
  await todo('complete', '1');
  expect(await todo(...args)).toEqual({ code: 1, out: [], err: [line] });
});

test('a file that cannot be used is answered by one line', async () => {
  writeFileSync(file, 'damaged\n');
  expect((await todo('list')).err).toEqual([expect.stringMatching(/^Line 1 of .* is damaged\./)]);
  file = join(folder, 'a-folder');
  mkdirSync(file);
  expect((await todo('list')).err).toEqual([`The file ${file} cannot be used: EISDIR.`]);
  file = join(folder, 'missing', 'todo.jsonl');
  expect((await todo('add', 'x')).err).toEqual([`The file ${file} cannot be used: ENOENT.`]);
});

describe('as a program', () => {
  const program = (...args: string[]) =>
    spawnSync('npx', ['--no-install', 'ts-node', '--transpile-only', 'samples/todo/main.ts', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TODO_FILE: file },
    });

  beforeAll(() => void execFileSync('npm', ['run', '-s', 'build'], { cwd: root }), 60_000);

  test('it keeps its todos between runs, and exits with 1 on wrong input', () => {
    expect(program('add', 'Buy milk')).toMatchObject({ status: 0, stdout: 'Added 1: Buy milk\n' });
    expect(program('list')).toMatchObject({ status: 0, stdout: '[ ] 1  Buy milk\n' });
    const wrong = program('complete', '2');
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toContain('There is no todo 2.\n');
    expect(wrong.stderr).not.toContain('    at ');
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1);
  }, 60_000);

  test('it plays the story', () => {
    const { status, stdout } = program();
    expect(status).toBe(0);
    expect(stdout).toContain(
      'command  AddTodo {"id":"1","description":"Buy milk"}\nevent    Todo 1 v1  TodoAdded {"description":"Buy milk"}\n',
    );
  }, 60_000);
});
