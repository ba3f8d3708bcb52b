import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
}));
`;

let workshop: string;
let project: string;
/** Why the project could not be made: the registry is out of reach. */
let unreachable: string | undefined;

beforeAll(async () => {
  workshop = mkdtempSync(join(tmpdir(), 'eventuality-bare-'));
  project = join(workshop, 'bare');
  mkdirSync(project);
  const tarball = await pack(join(workshop, 'package'));
  await run('npm', ['init', '-y', ...QUIET], { cwd: project });
  await install(tarball);
  writeFileSync(join(project, 'story.cjs'), COMMONJS);
  writeFileSync(join(project, 'story.mjs'), MODULE);
});

afterAll(() => rmSync(workshop, { recursive: true, force: true }));

/** Packs what would be published, from a build of its own. */
async function pack(folder: string): Promise<string> {
  mkdirSync(folder);
  for (const file of ['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md']) cpSync(join(root, file), join(folder, file));
  const tsc = [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'];
  const out = ['--outDir', join(folder, 'dist'), '--tsBuildInfoFile', join(workshop, 'build.tsbuildinfo')];
  await run(process.execPath, [...tsc, ...out], { cwd: root });
  await run(process.execPath, ['-r', 'ts-node/register/transpile-only', 'scripts/plain-exports.ts', join(folder, 'dist')], { cwd: root });
  const { stdout } = await run('npm', ['pack', '--pack-destination', workshop, '--ignore-scripts', ...QUIET], { cwd: folder });
  return join(workshop, stdout.trim().split('\n').at(-1)!);
}

async function install(tarball: string): Promise<void> {
  try {
    await run('npm', ['install', tarball, '--prefer-offline', '--fetch-retries=1', ...QUIET], { cwd: project });
  } catch (error) {
    const { stderr } = error as { stderr: string };
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT/.test(stderr)) throw error;
    unreachable = stderr.split('\n')[0];
    console.warn(`SKIPPED: the bare project needs tsyringe and reflect-metadata of the registry, which cannot be reached: ${unreachable}`);
  }
}

/** Runs a script of the project and returns what it printed; nothing where the project could not be made. */
async function printed(script: string): Promise<unknown> {
  const { stdout, stderr } = await run(process.execPath, [join(project, script)], { cwd: project });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const TOLD = { succeeded: true, description: 'Buy milk', code: 'AGGREGATE_NOT_FOUND' };

test('the package installs in a bare project, with nothing but its two dependencies', async () => {
  if (unreachable) return;
  const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['eventuality']);
  const installed = JSON.parse(readFileSync(join(project, 'node_modules/eventuality/package.json'), 'utf8'));
  expect(Object.keys(installed.dependencies)).toEqual(['reflect-metadata', 'tsyringe']);
});

test('a CommonJS script requires it', async () => {
  if (unreachable) return;
  expect(await printed('story.cjs')).toEqual(TOLD);
});

test('an ES module imports it by name, and has the same classes as CommonJS', async () => {
  if (unreachable) return;
  expect(await printed('story.mjs')).toEqual({ ...TOLD, sameClass: true, memory: true, testing: true });
});
