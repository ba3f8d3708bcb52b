import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/waiting';

const GUARD = join(__dirname, 'jest-guard.js');
const JEST = join(require.resolve('jest/package.json'), '../bin/jest.js');

/** A jest project whose limits are short, with such test files. */
class Project {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eventuality-guarded-'));
  #jest: ChildProcess | undefined;
  output = '';

  constructor(
    files: Readonly<Record<string, string>>,
    limits: { readonly silence: number; readonly ending: number },
    more: object = {},
  ) {
    writeFileSync(join(this.#folder, 'tell.js'), TELL);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text);
    const config = {
      ...{
        rootDir: this.#folder,
        maxWorkers: 1,
        workerIdleMemoryLimit: '1GB',
        reporters: ['default', [GUARD, limits]],
      },
      ...{ testMatch: ['<rootDir>/*.test.js'], transform: {}, setupFilesAfterEnv: ['<rootDir>/tell.js'], ...more },
    };
    writeFileSync(join(this.#folder, 'jest.config.json'), JSON.stringify(config));
  }

  start(): ChildProcess {
    const { EVENTUALITY_JEST_GUARD: _, ...env } = process.env;
    this.#jest = spawn(process.execPath, [JEST, '--rootDir', this.#folder], {
      cwd: this.#folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#jest.stdout!, this.#jest.stderr!])
      stream.setEncoding('utf8').on('data', text => (this.output += text));
    return this.#jest;
  }

  /** Runs jest and returns its exit code. */
  async exitCode(): Promise<number | null> {
    const [code] = await once(this.start(), 'close');
    return code;
  }

  has(file: string): boolean {
    return existsSync(join(this.#folder, file));
  }

  remove(): void {
    this.#jest?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** As `tell-guard.ts`, which jest would have to compile. */
const TELL = `
const { writeFileSync } = require('node:fs');
writeFileSync(process.env.EVENTUALITY_JEST_GUARD + '/' + process.pid, expect.getState().testPath);
`;
const GOOD = "test('is fine', () => {});";

let project: Project;

afterEach(() => project.remove());

test('files that block, synchronously, with microtasks or waiting, fail with their names, and all others run', async () => {
  project = new Project(
    {
      'a.test.js': GOOD,
      'loop.test.js': "test('one', () => {}); test('computes for ever', () => { for (;;); });",
      'micro.test.js': "test('turns for ever', async () => { for (;;) await undefined; });",
      'waiting.test.js': "afterAll(() => new Promise(() => {}), 600000); test('ends', () => {});",
      'z.test.js': GOOD,
    },
    { silence: 8000, ending: 30_000 },
    // At the same time, so that the test takes no longer.
    { maxWorkers: 3 },
  );
  expect(await project.exitCode()).toBe(1);
  const { output } = project;
  for (const file of ['loop', 'micro', 'waiting']) expect(output).toContain(`FAIL ./${file}.test.js`);
  for (const file of ['a', 'z']) expect(output).toContain(`PASS ./${file}.test.js`);
  // What a process said last may not get out any more when it computes for ever.
  const ended = (file: string, after: string): RegExp =>
    new RegExp(`${file}\\.test\\.js is ended: .* for 8 s after ${after}\\.`);
  expect(output).toMatch(ended('loop', "(it began|'one' began|'one' ended|'computes for ever' began)"));
  expect(output).toMatch(ended('micro', "(it|'turns for ever') began"));
  expect(output).toMatch(ended('waiting', "'ends' ended"));
  expect(output).toContain('Test Suites: 3 failed, 2 passed, 5 total');
}, 60_000);

test('what test files leave open does not keep jest from ending', async () => {
  project = new Project(
    { 'open.test.js': `setInterval(() => {}, 1000); ${GOOD}`, 'z.test.js': GOOD },
    { silence: 20_000, ending: 20_000 },
  );
  expect(await project.exitCode()).toBe(0);
  expect(project.output).toContain('Test Suites: 2 passed, 2 total');
  expect(project.output).not.toContain('Jest guard');
}, 60_000);

test('what keeps jest itself from ending is an error', async () => {
  const setup = { 'setup.js': 'module.exports = () => void setInterval(() => {}, 1000);', 'a.test.js': GOOD };
  project = new Project(setup, { silence: 20_000, ending: 500 }, { globalSetup: '<rootDir>/setup.js' });
  expect(await project.exitCode()).toBe(1);
  expect(project.output).toMatch(
    /PASS [\s\S]*Jest guard: jest does not end by itself, 0.5 s after its last test; open: .*Timeout/,
  );
}, 60_000);

test('ended from outside, jest says which test was running', async () => {
  const slow =
    "test('sleeps', async () => { require('fs').writeFileSync('started', ''); await new Promise(() => {}); }, 60000);";
  project = new Project({ 'slow.test.js': slow }, { silence: 20_000, ending: 20_000 });
  const jest = project.start();
  const closed = once(jest, 'close');
  await until(() => project.has('started'), 'the test has begun', 30_000);
  jest.kill('SIGTERM');
  await closed;
  expect(project.output).toMatch(
    /Jest guard: jest is ended from outside \(SIGTERM\)\. Running: slow\.test\.js, \d s after 'sleeps' began\./,
  );
}, 60_000);
