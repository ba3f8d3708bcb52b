import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownFolder, ownRequire } from '../../../messages';
import { reasonOf, SqliteDriverMissingError } from '../errors';

/** Where the package of a driver is looked up, and the Node that loads it. */
export interface Surroundings {
  readonly folders?: readonly string[];
  readonly nodeVersion?: string;
}

/** A package that was found. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Looks for a package beside this one, then in the working directory, or in the given folders. */
export function installedPackage(
  name: string,
  folders: readonly string[] = [ownFolder(), process.cwd()],
): InstalledPackage | undefined {
  let manifest: string;
  try {
    manifest = ownRequire().resolve(`${name}/package.json`, { paths: [...folders] });
  } catch {
    return undefined;
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { name, version, folder: dirname(manifest) };
}

/**
 * Loads a package and opens a database, because some load their native half only then.
 * @throws SqliteDriverMissingError, with the given advice, when it does not load
 */
export function loadedPackage<Library>(
  { name, version, folder }: InstalledPackage,
  advice: string,
  attempt: (library: Library) => void,
): Library {
  try {
    const library = ownRequire()(folder) as Library;
    attempt(library);
    return library;
  } catch (error) {
    throw new SqliteDriverMissingError([`${name} ${version} does not load: ${reasonOf(error)}. ${advice}`], error);
  }
}

export const majorOf = (version: string): number => Number.parseInt(version, 10);
