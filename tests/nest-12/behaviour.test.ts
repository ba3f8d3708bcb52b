import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
const RUNNER = join(ROOT, 'tests/support/plain-node/run.ts');
const isInstalled = existsSync(join(__dirname, 'node_modules/@nestjs/core'));

/** What runs on the NestJS of the project in jest; which packages the build loads is no behaviour. */
const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder)).flatMap(file =>
    file.endsWith('.test.ts') && file !== 'packages.test.ts' ? [join(folder, file)] : [],
  );

interface Outcome {
  readonly passed: readonly string[];
  /** What node:test reports. */
  readonly report: string;
  readonly code: number;
}

/** Runs test files on NestJS 12 in a process of its own. */
async function ran(files: readonly string[]): Promise<Outcome> {
  const loading = ['-r', 'ts-node/register/transpile-only', '--test-force-exit'];
  const reporting = ['--test-reporter=spec', '--test-reporter-destination=stderr'];
  const { code, stdout, stderr } = await run(
    process.execPath,
    [...loading, ...reporting, RUNNER, relative(ROOT, __dirname), ...files],
    { cwd: ROOT, timeout: 220_000, killSignal: 'SIGKILL' },
  ).then(
    output => ({ ...output, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { passed: JSON.parse(stdout.trim() || '[]'), report: stderr, code };
}

if (!isInstalled) {
  test.skip('NestJS 12 is skipped: it is not installed. In tests/nest-12 `npm ci` does it, as .ci/run does.', () =>
    undefined);
} else {
  jest.setTimeout(230_000);

  test.each(['tests/integrations/nestjs', 'tests/integrations/nestjs/cqrs'])(
    'all of %s passes on NestJS 12',
    async folder => {
      const files = filesOf(folder);
      const { passed, report, code } = await ran(files);
      expect({ code, report }).toEqual({ code: 0, report: expect.not.stringContaining('✖') });
      const defined = files.flatMap(file => readFileSync(join(ROOT, file), 'utf8').match(/^ *test[.(]/gm)!);
      expect(passed.length).toBeGreaterThanOrEqual(defined.length);
    },
  );

  test('it is NestJS 12 that runs, and what fails is reported', async () => {
    const folder = mkdtempSync(join(__dirname, 'failing-'));
    try {
      const file = join(folder, 'failing.ts');
      const text = `
        import { version } from '@nestjs/core/package.json';
        test('is 12', () => expect(version).toMatch(/^12/));
        test('is 11', () => expect(version).toMatch(/^11/));`;
      writeFileSync(file, text);
      const { passed, report, code } = await ran([relative(ROOT, file)]);
      expect({ passed, code }).toEqual({ passed: [expect.stringMatching(/is 12$/)], code: 1 });
      expect(report).toContain('✖ is 11');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
