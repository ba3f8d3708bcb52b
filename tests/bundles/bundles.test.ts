import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { builtDist, linkPackages } from '../support/package';

const run = promisify(execFile);
const root = join(__dirname, '../..');
let workshop: string;

jest.setTimeout(120_000);

/**
 * The package as it is published, in the node_modules of a folder outside of the project, with the drivers beside it.
 */
beforeAll(async () => {
  workshop = mkdtempSync(join(tmpdir(), 'eventuality-bundles-'));
  const modules = join(workshop, 'node_modules');
  const dist = join(modules, 'eventuality/dist');
  mkdirSync(join(modules, 'eventuality'), { recursive: true });
  cpSync(join(root, 'package.json'), join(modules, 'eventuality/package.json'));
  cpSync(await builtDist(), dist, { recursive: true });
  linkPackages(workshop, ['tsyringe', 'tslib', 'reflect-metadata', '@photostructure/sqlite', 'pg']);
  cpSync(join(__dirname, 'sample'), join(workshop, 'app'), { recursive: true });
});

afterAll(() => rmSync(workshop, { recursive: true, force: true }));

/** Bundles a file of the sample and returns what the bundle prints. */
async function printed(entry: string, options: BuildOptions, env: Record<string, string> = {}): Promise<any> {
  const outfile = join(
    workshop,
    `out/${entry}-${Object.values(options).join('-')}.${options.format === 'esm' ? 'mjs' : 'cjs'}`,
  );
  await build({
    entryPoints: [join(workshop, `app/${entry}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['@photostructure/sqlite', 'pg'],
    logLevel: 'error',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    ...options,
  });
  const { stdout, stderr } = await run(process.execPath, [outfile], { cwd: tmpdir(), env: { ...process.env, ...env } });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe.each<[string, BuildOptions]>([
  ['CommonJS', { format: 'cjs' }],
  ['CommonJS, minified', { format: 'cjs', minify: true }],
  ['an ES module', { format: 'esm' }],
  ['an ES module, minified', { format: 'esm', minify: true }],
])('bundled as %s', (name, options) => {
  const story = {
    moved: true,
    events: [
      { name: 'OrderPlaced', payload: { amount: 5 } },
      { name: 'OrderPlaced', payload: { amount: 1 } },
      { name: 'OrderPlaced', payload: { amount: 5 } },
    ],
    total: 11,
    code: 'AGGREGATE_ALREADY_EXISTS',
    is: true,
  };

  test('an application runs in memory, and the stack of an error has frames of the bundle', async () => {
    const { stack, pool, ...told } = await printed('main', options, { EVENTUALITY_POSTGRES_URL: '' });
    expect(told).toEqual(story);
    const [, first] = stack.split('\n');
    expect(first).toMatch(/^\s+at .*main-.*\.[cm]js:\d+:\d+\)?$/);
    expect(first).not.toMatch(/^\s+at new /);
    if (!options.minify) expect(stack).toContain('placeAgain');
  });

  test('on SQLite, with the driver outside of the bundle', async () => {
    const file = join(workshop, `${name.replaceAll(/\W+/g, '-')}.db`);
    const { stack, pool, ...told } = await printed('main', options, {
      SQLITE_FILE: file,
      EVENTUALITY_POSTGRES_URL: '',
    });
    expect(told).toEqual(story);
    expect(stack).toMatch(/\n\s+at /);
  });

  test('a store made with eventuality/store-kit runs, and throws the classes of eventuality/errors', async () => {
    const told = { appends: 1, names: ['OrderPlaced'], followed: { amount: 5 }, known: true };
    expect(await printed('store', options)).toEqual(told);
  });

  test('on PostgreSQL, the driver is found outside of the bundle', async () => {
    const { pool } = await printed('main', options, { EVENTUALITY_POSTGRES_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(pool).toMatch(/^(?!POSTGRES_DRIVER_MISSING)[A-Z_]+ .*/);
  });
});

describe('names that a bundler made are refused at bootstrap, with the fix', () => {
  const advice = (decorator: string) =>
    `Give the class a durable name, @${decorator}('a name'), or let the bundler keep the names of classes, as esbuild does with keepNames.`;

  test('of two classes with one name, and of one that names itself', async () => {
    const { faults } = await printed('unnamed', { format: 'cjs' });
    const [first, second] = faults;
    expect(faults).toHaveLength(2);
    expect(first).toMatch(
      /^The event class Created2, which (User|Product) handles, has a name that will change: there is a class Created, and a bundler renames the next class of that name to Created2\. /,
    );
    expect(first).toContain(advice('Event'));
    expect(second).toBe(
      `The event class _Named, which Listener handles, has a name that will change: a bundler put the underscore before it, because the class names itself. ${advice('Event')}`,
    );
  });

  test('by a minifier, all of them', async () => {
    const { faults } = await printed('unnamed', { format: 'esm', minify: true });
    expect(faults).toHaveLength(5);
    for (const fault of faults)
      expect(fault).toMatch(/^The (command|event) class [\w$]{1,3}, which .* has a name that will change: a/);
  });

  test('by a minifier, for an event that no class handles: when it is to be stored', async () => {
    const { code } = await printed('quiet', { format: 'cjs', minify: true });
    expect(code).toBe('BUNDLED_NAME');
    expect(await printed('quiet', { format: 'cjs' })).toEqual({ names: ['Heard'] });
  });

  test('kept by keepNames, two of one name are reported as what they are', async () => {
    const { faults } = await printed('unnamed', { format: 'cjs', minify: true, keepNames: true });
    expect(faults).toEqual([expect.stringContaining("Two event classes have the name 'Created'")]);
  });

  test('are not looked for in queries, handlers and aggregates, whose names are not stored', async () => {
    const { code } = await printed('main', { format: 'cjs', minify: true }, { EVENTUALITY_POSTGRES_URL: '' });
    expect(code).toBe('AGGREGATE_ALREADY_EXISTS');
  });
});

test("names: 'explicit' refuses all names that come from classes, bundled or not", async () => {
  const { faults } = await printed('unnamed', { format: 'cjs' }, { NAMES: 'explicit' });
  expect(faults).toHaveLength(5);
  expect(faults).toContain(
    "The command class CreateUser, which User handles, has no durable name. Add one: @Command('CreateUser').",
  );
});
