import { join } from 'node:path';
import { sqlite } from 'eventuality/sqlite';
import { Project } from '../support/cli-project';

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{ target: 'es2022', module: 'nodenext', experimentalDecorators: true, emitDecoratorMetadata: true },
    paths: { '@app/*': ['./src/*'] },
  },
});
/** Events of an application; `fields` and `options` are what the tests change. */
const events = (fields = '', options = '') => `
import { Aggregate, AggregateRoot, CommandHandler, Event, EventHandler, Module } from 'eventuality';
import { z } from 'zod';
export class Open { constructor(readonly id: string) {} }
@Event('account.opened', { schema: z.object({ owner: z.string(), ${fields} }), ${options} })
export class Opened { constructor(readonly owner: string) {} }
@Aggregate('Account')
export class Account extends AggregateRoot<Opened> {
  @CommandHandler(Open, { creates: true }) open(command: Open) { return new Opened(command.id); }
  @EventHandler(Opened) opened() {}
}
@Module({ components: [Account] })
export class AppModule {}
`;
const CONFIG = `import { AppModule } from '@app/app.js';\nexport default { module: AppModule };\n`;
const FILES = { 'tsconfig.json': TSCONFIG, 'src/app.ts': events(), 'eventuality.config.ts': CONFIG };

let project: Project;

beforeEach(() => {
  project = new Project();
  project.write(FILES);
});

afterEach(() => project.remove());

test('events are locked, and checked: a config in TypeScript, with aliases, decorators and .js specifiers', async () => {
  expect(await project.run('schema', 'lock')).toEqual({
    code: 0,
    out: '',
    err: '1 event is locked in eventuality.events.json.\n',
  });
  expect(JSON.parse(project.read('eventuality.events.json')).events['account.opened']).toMatchObject({ current: 1 });
  expect(await project.run('schema', 'check')).toEqual({
    code: 0,
    out: '',
    err: '1 event is as locked in eventuality.events.json.\n',
  });
});

test.each<[string, Record<string, string>]>([
  [
    'CommonJS',
    {
      'eventuality.config.cjs': `const { defineEvent } = require('eventuality');\nmodule.exports = { events: [defineEvent('a')] };\n`,
    },
  ],
  [
    'an ES module',
    {
      'eventuality.config.mjs': `import { defineEvent } from 'eventuality';\nexport default { events: [defineEvent('a')] };\n`,
    },
  ],
  [
    'an ES module compiled to CommonJS',
    {
      'eventuality.config.js':
        `Object.defineProperty(exports, '__esModule', { value: true });\n` +
        `exports.default = { events: [require('eventuality').defineEvent('a')] };\n`,
    },
  ],
  [
    'TypeScript in a project of ES modules',
    {
      'package.json': '{"type":"module"}',
      'eventuality.config.ts': `import { defineEvent, type EventualityConfig } from 'eventuality';\nexport default { events: [defineEvent('a')] } satisfies EventualityConfig;\n`,
    },
  ],
])('a config is %s', async (_, files) => {
  const other = new Project();
  try {
    other.write(files);
    expect(await other.run('schema', 'lock')).toMatchObject({
      code: 0,
      err: expect.stringContaining('1 event is locked'),
    });
  } finally {
    other.remove();
  }
});

test('a change is found: exit code 1, what to do, and the step as code', async () => {
  await project.run('schema', 'lock');
  const before = project.read('eventuality.events.json');
  project.write({ 'src/app.ts': events('locale: z.string()') });
  const finding =
    'account.opened, locale: is required now, and stored events do not have it. ' +
    'Raise its version to 2 and add upcast: { 1: data => ... }.';
  expect(await project.run('schema', 'check', '--write-upcaster')).toEqual({
    code: 1,
    out:
      '// locale: is required now, and stored events do not have it.\n' +
      "@Event('account.opened', {\n  version: 2,\n  upcast: {\n    1: data => ({ ...data }), // what version 2 has instead\n  },\n})\n",
    err: `error: ${finding}\n`,
  });
  expect(await project.run('schema', 'lock')).toEqual({
    code: 1,
    out: '',
    err: `error: ${finding}\nNothing is locked: eventuality.events.json is as it was.\n`,
  });
  expect(project.read('eventuality.events.json')).toBe(before);
  const { code, out, err } = await project.run('schema', 'check', '--json');
  expect([code, err]).toEqual([1, '']);
  expect(JSON.parse(out)).toEqual({
    version: 1,
    status: 'findings',
    data: { lock: 'eventuality.events.json', events: 1 },
    diagnostics: [
      {
        ...{ level: 'error', code: 'shape-changed', event: 'account.opened', field: 'locale' },
        message: 'is required now, and stored events do not have it',
        fix: 'Raise its version to 2 and add upcast: { 1: data => ... }',
      },
    ],
  });
  const step = "version: 2, upcast: { 1: (data: object) => ({ ...data, locale: 'en' }) }";
  project.write({ 'src/app.ts': events('locale: z.string()', step) });
  expect(await project.run('schema', 'check')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not locked as it is'),
  });
  expect(await project.run('schema', 'lock')).toMatchObject({ code: 0 });
  expect(await project.run('schema', 'check')).toMatchObject({ code: 0 });
});

test('what a git ref has locked stays, whatever the lock file says now', async () => {
  await project.run('schema', 'lock');
  project.git('init', '-q');
  project.git('add', 'eventuality.events.json');
  project.git('commit', '-qm', 'first');
  project.git('tag', 'released');
  expect(await project.run('schema', 'check', '--against', 'released')).toMatchObject({ code: 0 });
  project.write({ 'src/app.ts': events('locale: z.string()') });
  project.git('rm', '-q', '--cached', 'eventuality.events.json');
  project.write({ 'eventuality.events.json': '{ "lockVersion": 1, "events": {} }' });
  await project.run('schema', 'lock');
  expect(await project.run('schema', 'check')).toMatchObject({ code: 0 });
  expect(await project.run('schema', 'check', '--against', 'released')).toMatchObject({
    code: 1,
    err: expect.stringContaining('error: account.opened, locale: is required now'),
  });
  expect(await project.run('schema', 'lock', '--against', 'released')).toMatchObject({ code: 1 });
  expect(await project.run('schema', 'check', '--against', 'nowhere')).toEqual({
    code: 2,
    out: '',
    err: "Git knows no 'nowhere'.\n",
  });
});

test('everything that is stored is read', async () => {
  await project.run('schema', 'lock');
  const withStore = (place: string) =>
    `import { sqlite } from 'eventuality/sqlite';\nimport { AppModule } from '@app/app.js';\n` +
    `export default { module: AppModule, eventStore: () => sqlite('${place}') };\n`;
  project.write({ 'eventuality.config.ts': withStore('events.db') });
  const store = sqlite(join(project.folder, 'events.db'));
  const stream = { aggregateName: 'Account', aggregateId: '1' };
  const opened = { name: 'account.opened', schemaVersion: 1, payload: { owner: 'Ann' } };
  await store.append([{ stream, expected: 0, events: [opened, opened] }]);
  const { code, out } = await project.run('schema', 'check', '--store', '--json');
  expect([code, JSON.parse(out).data.stored]).toEqual([0, [{ name: 'account.opened', version: 1, count: 2 }]]);
  await store.append([{ stream, expected: 2, events: [{ ...opened, schemaVersion: 2 }] }]);
  await store.close();
  expect(await project.run('schema', 'check', '--store')).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^error: account.opened: 1 stored in version 2 cannot be read, the first at position 3, /,
    ),
  });
  project.write({ 'eventuality.config.ts': withStore('no/such/folder/events.db') });
  const refused = await project.run('schema', 'check', '--store');
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toMatch(/^The store cannot be (opened|read): .*\n$/);
});

const UNKNOWN = 'Say what to do: eventuality schema lock, or eventuality schema check. More: eventuality --help';

test.each<[string, Record<string, string>, string[], string | RegExp]>([
  ['no verb', {}, [], UNKNOWN],
  ['half a verb', {}, ['schema'], UNKNOWN],
  ['a mistyped verb', {}, ['schema', 'chek'], "unknown command 'chek' (Did you mean check?)"],
  [
    'an unknown option',
    {},
    ['schema', 'check', '--agianst', 'x'],
    "unknown option '--agianst' (Did you mean --against?)",
  ],
  ['an option without its value', {}, ['schema', 'check', '--against'], /argument missing$/],
  ['too much', {}, ['schema', 'check', 'this'], /too many arguments/],
  [
    'a ref outside of git',
    {},
    ['schema', 'lock', '--against', 'main'],
    /^The lock file of 'main' cannot be read: fatal: not a git/,
  ],
  ['a config that is not there', {}, ['schema', 'check', '--config', 'other.ts'], "There is no file 'other.ts'."],
  ['no lock file', {}, ['schema', 'check'], /^There is no lock file .* eventuality schema lock$/],
  [
    'a lock file that is none',
    { 'eventuality.events.json': '{' },
    ['schema', 'check'],
    /^The lock file .* cannot be read: /,
  ],
  [
    'a config that does not compile',
    { 'eventuality.config.ts': 'export default {{' },
    ['schema', 'lock'],
    /cannot be loaded: /,
  ],
  [
    'a config that throws',
    { 'eventuality.config.ts': "throw new Error('no\\n  way');" },
    ['schema', 'lock'],
    "'eventuality.config.ts' cannot be loaded: no way",
  ],
  [
    'a config whose default export is a number',
    { 'eventuality.config.ts': 'export default 1;' },
    ['schema', 'lock'],
    "'eventuality.config.ts' has a default export of the type number, not an object. Write: export default { module: AppModule };",
  ],
  [
    'a config with an unknown key',
    { 'eventuality.config.ts': 'export default { modul: 1 };' },
    ['schema', 'lock'],
    /^'eventuality.config.ts' cannot be used: .*'modul'/,
  ],
  [
    'a config whose module is none',
    { 'eventuality.config.ts': 'export default { module: class Other {} };' },
    ['schema', 'lock'],
    /Other is not a module\. Write @Module/,
  ],
  [
    'a store that the config does not have',
    { 'eventuality.events.json': '{"lockVersion":1,"events":{}}' },
    ['schema', 'check', '--store'],
    /has no eventStore/,
  ],
])('wrong use is one line on stderr and exit code 2: %s', async (_, files, args, message) => {
  project.write(files);
  const { code, out, err } = await project.run(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.split('\n')).toEqual([expect.stringMatching(message instanceof RegExp ? message : /./), '']);
  if (typeof message === 'string') expect(err).toBe(`${message}\n`);
});

test('without a config it says what to write, as JSON too', async () => {
  const empty = new Project();
  try {
    expect(await empty.run('schema', 'check')).toEqual({
      ...{ code: 2, out: '' },
      err: expect.stringMatching(
        /^There is no eventuality\.config\.ts in .* Write one: export default \{ module: AppModule \};.*\n$/,
      ),
    });
    const { code, out, err } = await empty.run('schema', 'check', '--json');
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toMatchObject({ version: 1, status: 'wrong-use', diagnostics: [{ code: 'wrong-use' }] });
  } finally {
    empty.remove();
  }
});

test.each([
  ['that never answers', 'await new Promise(() => {});'],
  ['that ends the process', 'process.exit(0);'],
])('a config %s is no success: nothing was checked', async (_, line) => {
  project.write({ 'eventuality.config.mts': `${line}\nexport default {};\n` });
  expect(await project.run('schema', 'check', '--config', 'eventuality.config.mts')).toEqual({
    ...{ code: 2, out: '' },
    err: 'error: The process ended before the config or the store had answered.\n',
  });
});

test('help is printed on stdout', async () => {
  const { code, out, err } = await project.run('schema', 'check', '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^Usage: eventuality schema check \[options\]\n/);
  for (const option of ['--against <ref>', '--store', '--config <file>', '--write-upcaster', '--json'])
    expect(out).toContain(option);
});
