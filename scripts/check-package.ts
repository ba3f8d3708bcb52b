/** Checks the package as it would be published: `npm run check:package`, after a build. It is packed once for all. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-packed-'));
try {
  // Without scripts: prepack would build once more.
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { encoding: 'utf8' })) as [{ filename: string }];
  const tarball = join(folder, filename);
  for (const [tool, ...args] of [
    ['publint', 'run', tarball, '--strict'],
    ['attw', tarball],
  ] as const)
    execFileSync('npx', ['--no-install', tool, ...args], { stdio: 'inherit' });
} catch {
  // The tools have said what is wrong.
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
