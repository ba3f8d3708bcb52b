import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packed } from './support/package';

const run = promisify(execFile);
const root = join(__dirname, '..');
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

jest.setTimeout(180_000);

const COMMONJS = `
const { AggregateRoot, AggregateNotFoundError, defineAggregate, Event, Flow, InMemoryEventStore } = require('eventuality');
const Todo = defineAggregate({
  name: 'Todo',
  state: { description: '' },
  commands: { CreateTodo: { creates: true, decide: (state, { id, description }) => Event({ aggregateId: id, name: 'TodoCreated', payload: { description } }) } },
});
module.exports = { AggregateNotFoundError, AggregateRoot, InMemoryEventStore };
module.exports.tell = async () => {
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Todo] });
  const { succeeded } = await flow.dispatch({ name: 'CreateTodo', message: { id: 'todo1', description: 'Buy milk' } });
  const { state } = await flow.repository(Todo).load('todo1');
  const refusal = await flow.repository(Todo).load('todo2').catch(error => error);
  await flow.close();
  return { succeeded, description: state.description, refusal };
};
if (require.main === module) module.exports.tell().then(({ refusal, ...told }) => console.log(JSON.stringify({ ...told, code: refusal.code })));
`;
const MODULE = `
import { AggregateNotFoundError, AggregateRoot, bootstrap, InMemoryEventStore, Module } from 'eventuality';
import * as errors from 'eventuality/errors';
import * as kit from 'eventuality/store-kit';
import * as testing from 'eventuality/testing';
import commonjs from './story.cjs';
const { refusal, ...told } = await commonjs.tell();
class Empty {}
Module({ components: [] })(Empty);
const application = await bootstrap(Empty);
await application.close();
console.log(JSON.stringify({
  ...told,
  code: refusal.code,
  sameClass: refusal instanceof AggregateNotFoundError && commonjs.AggregateRoot === AggregateRoot && commonjs.InMemoryEventStore === InMemoryEventStore,
  memory: application.eventStore instanceof commonjs.InMemoryEventStore,
  testing: Object.keys(testing).length > 0,
  errors: errors.AggregateNotFoundError === AggregateNotFoundError && 'StoreClosedError' in errors,
  kit: application.eventStore.snapshots instanceof kit.InMemorySnapshotStore,
}));
`;

const TYPED = `
import { Aggregate, AggregateRoot, bootstrap, CommandHandler, type CommandOutcome, defineAggregate, defineProjection, Event, exportEvents, Flow, importEvents, InMemoryEventStore, Module } from 'eventuality';
import { repositoryToken } from 'eventuality/container';
import { StoreClosedError } from 'eventuality/errors';
import { postgres } from 'eventuality/postgres';
import { sqlite } from 'eventuality/sqlite';
import { type AppendOutcome, CustomEventStore, storePage } from 'eventuality/store-kit';
import { given, testFlow } from 'eventuality/testing';
export class Open { constructor(readonly id: string) {} }
export class Opened { constructor(readonly by: string) {} }
@Aggregate('Door')
export class Door extends AggregateRoot<Opened> {
  @CommandHandler(Open, { creates: true })
  open() { return new Opened('ann'); }
}
@Module({ components: [Door] })
class DoorModule {}
export const flow: Flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Door] });
export const told: Promise<CommandOutcome> = bootstrap(DoorModule, { eventStore: sqlite(':memory:') }).then(each => each.dispatch(new Open('a')));
export const tested: Promise<void> = given(Door).when(new Open('a')).then(new Opened('ann'));
export const stores = [postgres, testFlow, CustomEventStore, StoreClosedError, storePage];
export type Appended = AppendOutcome;

// Whose types are left to the compiler: it can name each of them in the declarations of the project.
export const Todo = defineAggregate({
  name: 'Todo',
  state: { description: '' },
  commands: { CreateTodo: { creates: true, decide: (state, { id, description }: { id: string; description: string }) => Event({ aggregateId: id, name: 'TodoCreated', payload: { description } }) } },
});
export const Todos = defineProjection<{ n: number }>({ name: 'Todos', version: 1, on: {} });
export const doors = flow.repository(Door);
export const open = () => doors.load('a');
export const todo = () => flow.repository(Todo).load('a');
export const token = repositoryToken(Door);
export const created = Event({ aggregateId: 'a', name: 'TodoCreated', payload: { description: '' } });
export const processors = flow.processors;
export const processor = processors.of('Todos');
export const status = () => processor.status();
export const segments = async () => (await status()).segments;
export const lastError = async () => (await status()).lastError;
export const health = () => processors.health();
export const rebuild = () => processor.rebuild();
export const letters = () => processor.deadLetters();
export const page = () => flow.readModel(Todos).find({});
export const lines = exportEvents(new InMemoryEventStore());
export const imported = importEvents(new InMemoryEventStore(), lines);
export const application = () => bootstrap(DoorModule);
`;
/** What the README says one's tsconfig.json needs. */
const README_TSCONFIG = /^```json\n([\s\S]*?"compilerOptions"[\s\S]*?)^```/m.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)![1]!;
/** The first example of the README. */
const README_EXAMPLE = /#write-side -->\n```ts\n([\s\S]*?)^```/m.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)![1]!;
/** The first store of the page for those who write one. */
const MANUAL_STORE = /list-event-store\.ts -->\n```ts\n([\s\S]*?)^```/m.exec(
  readFileSync(join(root, 'docs/custom-store.md'), 'utf8'),
)![1]!;

const manifest: { dependencies: object } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

let workshop: string;
let project: string;
/** Why the project could not be made: the registry is out of reach. */
let unreachable: string | undefined;

beforeAll(async () => {
  workshop = mkdtempSync(join(tmpdir(), 'eventuality-bare-'));
  project = join(workshop, 'bare');
  mkdirSync(project);
  const tarball = await packed(workshop);
  await run('npm', ['init', '-y', ...QUIET], { cwd: project });
  await install(tarball);
  writeFileSync(join(project, 'story.cjs'), COMMONJS);
  writeFileSync(join(project, 'story.mjs'), MODULE);
});

afterAll(() => rmSync(workshop, { recursive: true, force: true }));

async function install(tarball: string): Promise<void> {
  try {
    await run('npm', ['install', tarball, '--prefer-offline', '--fetch-retries=1', ...QUIET], { cwd: project });
  } catch (error) {
    const { stderr } = error as { stderr: string };
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT/.test(stderr))
      throw error;
    unreachable = stderr.split('\n')[0];
    console.warn(
      `SKIPPED: the bare project needs ${Object.keys(manifest.dependencies).join(', ')} from the registry, which cannot be reached: ${unreachable}`,
    );
  }
}

/** Compiles a file of the project and returns what the compiler complains about. */
async function complaints(tsconfig: string, file: string, text: string): Promise<string> {
  writeFileSync(join(project, file), text);
  writeFileSync(join(project, 'tsconfig.json'), tsconfig);
  const tsc = [require.resolve('typescript/bin/tsc'), '-p', join(project, 'tsconfig.json')];
  return run(process.execPath, tsc, { cwd: project }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

/** Runs a script of the project and returns what it printed; nothing where the project could not be made. */
async function printed(script: string): Promise<unknown> {
  const { stdout, stderr } = await run(process.execPath, [join(project, script)], { cwd: project });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const TOLD = { succeeded: true, description: 'Buy milk', code: 'AGGREGATE_NOT_FOUND' };

test('the package installs in a bare project, with nothing but its three dependencies', async () => {
  if (unreachable) return;
  const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['eventuality']);
  const installed = JSON.parse(readFileSync(join(project, 'node_modules/eventuality/package.json'), 'utf8'));
  expect(Object.keys(installed.dependencies)).toEqual(['croner', 'reflect-metadata', 'tsyringe']);
});

test('the links of the README and of the docs lead somewhere in what is installed', () => {
  if (unreachable) return;
  const installed = join(project, 'node_modules/eventuality');
  const pages = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.md'));
  expect(pages.length).toBeGreaterThan(20);
  const broken = pages.flatMap(page => {
    const links = readFileSync(join(installed, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g);
    return [...links].flatMap(([, link]) =>
      existsSync(join(installed, dirname(page), link!)) ? [] : [`${page}: ${link}`],
    );
  });
  expect(broken).toEqual([]);
});

test('a CommonJS script requires it', async () => {
  if (unreachable) return;
  expect(await printed('story.cjs')).toEqual(TOLD);
});

test('an ES module imports it by name, and has the same classes as CommonJS', async () => {
  if (unreachable) return;
  expect(await printed('story.mjs')).toEqual({
    ...TOLD,
    sameClass: true,
    memory: true,
    testing: true,
    errors: true,
    kit: true,
  });
});

test.each([
  ['CommonJS, resolved as Node does', 'typed.cts', { module: 'nodenext' }],
  ['ES modules, resolved as Node does', 'typed.mts', { module: 'nodenext' }],
  ['ES modules, resolved as bundlers do', 'typed.ts', { module: 'esnext', moduleResolution: 'bundler' }],
])(
  'its types compile as a whole, without skipLibCheck and without the types of Node, and can be named: %s',
  async (_, file, modules) => {
    if (unreachable) return;
    const compilerOptions = {
      ...modules,
      target: 'es2022',
      strict: true,
      experimentalDecorators: true,
      skipLibCheck: false,
      declaration: true,
      outDir: 'declared',
    };
    expect(await complaints(JSON.stringify({ compilerOptions, files: [file] }), file, TYPED)).toBe('');
  },
);

test('its command line says what to install, and works with that: a config in TypeScript', async () => {
  if (unreachable) return;
  const config =
    "import { defineEvent } from 'eventuality';\nconst opened = defineEvent('opened');\n" +
    "export default { events: [opened], samples: [opened('1', { by: 'Ann' })] };\n";
  writeFileSync(join(project, 'eventuality.config.ts'), config);
  const line = () =>
    run('npx', ['--no-install', 'eventuality', 'schema', 'lock'], { cwd: project }).catch((error: unknown) => error);
  const install = 'Install: npm install --save-dev commander jiti\n';
  expect(await line()).toMatchObject({ code: 2, stderr: `The command line needs the package 'commander'. ${install}` });
  for (const [name, message] of [
    ['commander', `The command line needs the package 'jiti'. ${install}`],
    ['jiti', `1 event is locked in ${join(realpathSync(project), 'eventuality.events.json')}.\n`],
  ] as const) {
    cpSync(join(root, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
    expect(await line()).toMatchObject({ stdout: '', stderr: message });
  }
});

test("the README's first example compiles with the README's tsconfig as printed, and runs", async () => {
  if (unreachable) return;
  const text = `${README_EXAMPLE}\nmain().then(succeeded => console.log(JSON.stringify(succeeded)));\n`;
  for (const file of ['typed.cts', 'typed.mts', 'typed.ts']) rmSync(join(project, file), { force: true });
  expect(await complaints(README_TSCONFIG, 'example.ts', text)).toBe('');
  expect(await printed('example.js')).toEqual([true, true, false]);
});

test('the first store of docs/custom-store.md, copied, compiles and passes the contract', async () => {
  if (unreachable) return;
  const text = `import { eventStoreContract } from 'eventuality/testing';
${MANUAL_STORE}
async function passed(): Promise<number> {
  const cases = eventStoreContract({ open: listStore, restores: true });
  for (const { run } of cases) await run();
  return cases.length;
}
passed().then(count => console.log(JSON.stringify(count)));
`;
  expect(await complaints(README_TSCONFIG, 'store.ts', text)).toBe('');
  expect(await printed('store.js')).toBeGreaterThan(100);
});
