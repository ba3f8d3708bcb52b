import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sqlite } from 'eventuality/sqlite';
import { ScriptTarget, transpileModule } from 'typescript';
import { Project } from '../support/cli-project';

let project: Project;

beforeEach(() => {
  project = new Project();
});

afterEach(() => project.remove());

const CONFIG = 'eventuality.config.cjs';
const LOCK = 'eventuality.events.json';
const config = (fields: string, before = ''): Record<string, string> => ({
  [CONFIG]:
    `const { defineEvent } = require('eventuality');\nconst { sqlite } = require('eventuality/sqlite');\n` +
    `${before}\nmodule.exports = { ${fields} };\n`,
});
const ONE = "events: [defineEvent('a')]";

test('a ref without a lock file is said to have none: a first lock may be right, a mistyped folder is not', async () => {
  project.write(config(ONE));
  project.git('init', '-q');
  project.git('add', CONFIG);
  project.git('commit', '-qm', 'without a lock');
  const warning =
    "warning: 'HEAD' has no lock file 'eventuality.events.json' there, so nothing is compared with it. " +
    'Name a ref that has it, unless this is the first lock.\n';
  for (const verb of ['lock', 'check']) {
    const { code, err } = await project.run('schema', verb, '--against', 'HEAD');
    expect([code, err]).toEqual([0, expect.stringContaining(warning)]);
  }
  project.git('add', LOCK);
  project.git('commit', '-qm', 'with a lock');
  const { err } = await project.run('schema', 'check', '--against', 'HEAD');
  expect(err).not.toContain('warning');
});

test('what a config prints goes to stderr: stdout is for what was asked for', async () => {
  project.write(config(ONE, "console.log('loading'); process.stdout.write('more\\n'); console.error('worse');"));
  await project.run('schema', 'lock');
  const { code, out, err } = await project.run('schema', 'check', '--json');
  expect([code, JSON.parse(out).status, err]).toEqual([0, 'ok', 'loading\nmore\nworse\n']);
});

test.each<[string, string, RegExp]>([
  ['nothing', 'undefined', /returned undefined; it must return an event store/],
  ['a promise of nothing', 'Promise.resolve(null)', /returned null; it must return an event store/],
  ['something else', '({ readAll: 1 })', /returned something else; it must return an event store/],
  [
    'a SQLite store that is not there',
    "sqlite('no-such.db', { create: false })",
    /cannot be opened: .*no-such\.db' cannot be opened: there is no such file, and `create` is false/,
  ],
])('a config whose eventStore returns %s is wrong use', async (_, made, message) => {
  project.write(config(`${ONE}, eventStore: () => ${made}`));
  await project.run('schema', 'lock');
  const { code, out, err } = await project.run('schema', 'check', '--store');
  expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
  expect(err).toMatch(message);
  expect(existsSync(join(project.folder, 'no-such.db'))).toBe(false);
});

test('a store without an event may be the wrong one', async () => {
  project.write(config(`${ONE}, eventStore: () => sqlite('events.db')`));
  await project.run('schema', 'lock');
  const warning = "warning: the store has no event. Look whether 'eventStore' of the config opens the right one.\n";
  expect(await project.run('schema', 'check', '--store')).toMatchObject({
    ...{ code: 0, out: '', err: expect.stringContaining(warning) },
  });
  const store = sqlite(join(project.folder, 'events.db'));
  const events = [{ name: 'a', schemaVersion: 1, payload: {} }];
  await store.append([{ stream: { aggregateName: 'A', aggregateId: '1' }, expected: 0, events }]);
  await store.close();
  expect((await project.run('schema', 'check', '--store')).err).not.toContain('warning');
});

test.each<[string, string, RegExp]>([
  ['a function', 'export default () => ({});', /has a default export of the type function, not an object\. Write: /],
  ['a number', 'export default 5;', /has a default export of the type number, not an object\. Write: /],
  ['nothing', 'export const other = 5;', /has no default export\. Write: |it names no events/],
])('a config whose default export is %s is wrong use', async (_, text, message) => {
  project.write({ 'eventuality.config.mjs': text });
  const { code, out, err } = await project.run('schema', 'lock');
  expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
  expect(err).toMatch(message);
});

const entry = (fields: object) => ({ current: 1, versions: {}, steps: [], retired: false, ...fields });
test.each<[string, unknown, RegExp]>([
  ['no object', 5, /it has no events/],
  ['events that are a list', { lockVersion: 1, events: [] }, /it has no events/],
  ['another version', { lockVersion: '1', events: {} }, /its lockVersion is "1", and 1 is known/],
  ['an entry that is none', { a: null }, /the entry of 'a' is not an object/],
  ['a step that is none', { a: entry({ steps: [5] }) }, /'steps' of the entry of 'a' is not one of a lock file/],
  ['a step without a version', { a: entry({ steps: ['x'] }) }, /'steps' of the entry of 'a'/],
  ['no current version', { a: entry({ current: 0 }) }, /'current' of the entry of 'a'/],
  ['no versions', { a: entry({ versions: [] }) }, /'versions' of the entry of 'a'/],
  ['a retirement that is none', { a: entry({ retired: 'yes' }) }, /'retired' of the entry of 'a'/],
  ['a version that is none', { a: entry({ versions: { x: {} } }) }, /version x of 'a' is not one of a lock file/],
  ['a version that is a text', { a: entry({ versions: { 1: 'x' } }) }, /version 1 of 'a' is not one of a lock file/],
  ['a shape that is none', { a: entry({ versions: { 1: { shape: 5 } } }) }, /'shape' of version 1 of 'a'/],
  [
    'a shape without its hash',
    { a: entry({ versions: { 1: { shape: {} } } }) },
    /the shape of version 1 of 'a' was ed/,
  ],
  ['a sample that is none', { a: entry({ versions: { 1: { sample: 'x' } } }) }, /'sample' of version 1 of 'a'/],
  ['a source that is none', { a: entry({ versions: { 1: { from: 5 } } }) }, /'from' of version 1 of 'a'/],
])('a lock file with %s is wrong use, for each verb', async (_, content, message) => {
  const lock =
    typeof content === 'object' && !('lockVersion' in content!) ? { lockVersion: 1, events: content } : content;
  project.write({ ...config(ONE), [LOCK]: JSON.stringify(lock) });
  for (const verb of ['check', 'lock']) {
    const { code, out, err } = await project.run('schema', verb);
    expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
    expect(err).toMatch(/^The lock file '.*' cannot be read: /);
    expect(err).toMatch(message);
  }
  expect(project.read(LOCK)).toBe(JSON.stringify(lock));
});

test('names with line breaks and quotes are one line in messages, and code in skeletons', async () => {
  const name = `it's\n"odd"\\\u2028`;
  const named = JSON.stringify(name);
  const sample = (field: string) => `samples: [defineEvent(${named})('1', { ${field}: 1 })]`;
  project.write(config(`events: [defineEvent(${named})], ${sample("'a\\nb'")}`));
  expect(await project.run('schema', 'lock')).toMatchObject({ code: 0 });
  project.write(config(`events: [defineEvent(${named})], ${sample('c')}`));
  const changed = await project.run('schema', 'check', '--write-upcaster');
  expect(changed.code).toBe(1);
  for (const line of changed.err.trimEnd().split('\n')) expect(line).toMatch(/^(error|warning|note): /);
  expect(namesIn(changed.out)).toEqual([name]);
  project.write(config("events: [defineEvent('other')]"));
  const gone = await project.run('schema', 'check', '--write-upcaster');
  expect(namesIn(gone.out)).toEqual([name]);
});

/** Compiles and runs skeletons, and returns the names that are given to their decorators. */
function namesIn(code: string): string[] {
  const names: string[] = [];
  const decorator = (name: string) => (): void => void names.push(name);
  const { outputText } = transpileModule(`${code}${code.includes('@Event') ? 'class Changed {}' : ''}`, {
    compilerOptions: { experimentalDecorators: true, target: ScriptTarget.ES2022 },
  });
  new Function('Event', 'Upcaster', outputText)(decorator, decorator);
  return names;
}
