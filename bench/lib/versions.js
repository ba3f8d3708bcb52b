import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Reads the versions of installed packages; their manifests are looked for beside what `from` would load. */
export function versionsOf(names, from = import.meta.url) {
  const { resolve } = createRequire(from);
  return Object.fromEntries(names.map(name => [name, versionIn(resolve.paths(name), name)]));
}

function versionIn(folders, name) {
  for (const folder of folders) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`${name} is not installed: run npm ci in bench/`);
}

/** What w9c installs: packages in the versions that are measured here. */
export const installed = names => ({
  packages: Object.entries(versionsOf(names)).map(([name, version]) => `${name}@${version}`),
});
