import { join } from 'node:path';
import { TestSchema, url } from '../../tests/support/stores/schema';
import { KNOWN, TodoLine } from '../../tests/support/todo';
import { openStore, placeOf } from './store';

const schema = new TestSchema(__filename);
const line = new TodoLine();
const todo = line.run.bind(line);

test.each(line.places(schema))('each command finds what earlier runs left: %s', async (_, make) => {
  line.place = await make();
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
  const store = openStore(line.place);
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

test.each([
  [['ad', 'x'], `There is no 'ad'. Did you mean 'add'? ${KNOWN}`],
  [['hepl'], `There is no 'hepl'. Did you mean 'help'? ${KNOWN}`],
  [['toString'], `There is no 'toString'. ${KNOWN}`],
  [[''], `There is no ''. ${KNOWN}`],
  [['add'], 'Use: add <text>.'],
  [['add', 'Buy', 'milk'], 'Use: add <text>. Put a text of several words in quotes.'],
  [['rename', '1'], 'Use: rename <id> <text>.'],
  [['complete'], 'Use: complete <id>.'],
  [['complete', '1', '2'], 'Use: complete <id>.'],
  [['list', 'all'], 'Use: list.'],
  [['rebuild', '1'], 'Use: rebuild.'],
  [['rebild'], `There is no 'rebild'. Did you mean 'rebuild'? ${KNOWN}`],
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
])('wrong input is answered by one line: %j', async (args, answer) => {
  await todo('add', 'Buy milk');
  await todo('add', 'Write');
  await todo('complete', '1');
  const before = await line.stored();
  expect(await todo(...args)).toEqual({ code: 1, out: [], err: [answer] });
  expect(await line.stored()).toEqual(before);
});

test('an unknown option is answered by one line', async () => {
  expect(await todo('list', '--all')).toEqual({
    code: 1,
    out: [],
    err: [expect.stringMatching(/^Unknown option '--all'.*$/)],
  });
});
