// What an installation weighs: the package and all that comes with it, in an empty folder. Measured once: it does not vary.
import { execFile } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { check } from '../lib/check.js';

const run = promisify(execFile);

export default {
  id: 'w9c',
  order: 92,
  title: 'installed size (less is better) and number of packages',
  unit: 'MB',
  references: ['nest'],
  warmUps: 0,
  rounds: 1,

  /** @param app `{ packages }`: what a user installs, as npm takes it, or `{ folder }`: a package that is packed first */
  async prepare({ packages, folder }) {
    return async function round() {
      const home = mkdtempSync(join(tmpdir(), 'eventuality-bench-install-'));
      try {
        writeFileSync(join(home, 'package.json'), '{ "name": "empty", "version": "0.0.0", "private": true }');
        const wanted = folder ? [await pack(folder, home)] : packages;
        await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...wanted], { cwd: home });
        const installed = packagesIn(join(home, 'node_modules/.package-lock.json'));
        check(installed > 0, 'nothing was installed');
        return { value: bytesIn(join(home, 'node_modules')) / 1e6, metrics: { packages: installed } };
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    };
  },
};

async function pack(folder, home) {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
    cwd: folder,
  });
  return join(home, JSON.parse(stdout)[0].filename);
}

const packagesIn = lockfile => Object.keys(JSON.parse(readFileSync(lockfile, 'utf8')).packages).length;

function bytesIn(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? bytesIn(path) : lstatSync(path).size;
  }
  return bytes;
}
