/**
 * Releases the version at the top of CHANGELOG.md: `npm run release`, or a rehearsal of it that changes, tags and
 * publishes nothing: `npm run release -- --dry-run`. Both work in a clone, so what is released is what is committed;
 * only a real release touches this checkout, at the end, when all has gone well.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(__dirname, '..');
const HEADING = /^## (\S+) \((unreleased|\d{4}-\d{2}-\d{2})\)$/m;
const VERSION = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/;
/** What a user of the package needs, beside the code. */
const EXPECTED = [
  'package/package.json',
  'package/README.md',
  'package/LICENSE',
  'package/CHANGELOG.md',
  'package/dist/index.js',
];

interface Release {
  readonly version: string;
  /** The lines of the changelog that tell users what is new. */
  readonly notes: string;
}

/** Returns what is to be released. @throws Error with every reason why it cannot be released */
export function nextRelease(changelog: string, current: string, tags: readonly string[], dirty: string): Release {
  const heading = HEADING.exec(changelog);
  const faults: string[] = [];
  if (!heading) throw new Error('CHANGELOG.md has no heading like "## 1.2.3 (unreleased)".');
  const [line, version, date] = heading as unknown as [string, string, string];
  if (date !== 'unreleased')
    faults.push(
      `The first version in CHANGELOG.md, ${version}, was released on ${date}: add "## <next> (unreleased)" above it.`,
    );
  if (!VERSION.test(version))
    faults.push(`The version in CHANGELOG.md, '${version}', is no semantic version such as 1.2.3 or 1.2.3-beta.1.`);
  else if (isBefore(version, current))
    faults.push(`CHANGELOG.md names version ${version}, which is before ${current} in package.json.`);
  if (tags.includes(`v${version}`))
    faults.push(`The tag v${version} exists already: the next version needs another number.`);
  const notes = changelog
    .slice(heading.index + line.length)
    .split(/^## /m)[0]!
    .trim();
  if (notes === '') faults.push(`CHANGELOG.md says nothing of version ${version}: tell users what is new.`);
  if (dirty !== '') faults.push(`There are changes that are not committed; commit or stash them:\n${dirty}`);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { version, notes };
}

function isBefore(version: string, other: string): boolean {
  const [left, right] = [version, other].map(each => VERSION.exec(each)!.slice(1, 4).map(Number));
  const different = left!.findIndex((number, index) => number !== right![index]);
  return different >= 0 && left![different]! < right![different]!;
}

/** Writes the version and the date of its release into a checkout. */
function stamp(folder: string, version: string): void {
  const date = new Date().toISOString().slice(0, 10);
  const changelog = join(folder, 'CHANGELOG.md');
  writeFileSync(changelog, readFileSync(changelog, 'utf8').replace(HEADING, `## ${version} (${date})`));
  // Not by `npm version`, which formats package.json in a way of its own.
  for (const [name, times] of [
    ['package.json', 1],
    ['package-lock.json', 2],
  ] as const) {
    const file = join(folder, name);
    let left: number = times;
    const text = readFileSync(file, 'utf8').replace(/"version": "[^"]+"/g, found =>
      left-- > 0 ? `"version": "${version}"` : found,
    );
    writeFileSync(file, text);
  }
}

/** Packs a checkout, and returns the path of the tarball. @throws Error when it lacks what users need */
function pack(folder: string): string {
  const [packed] = JSON.parse(read(folder, 'npm', 'pack', '--json', '--ignore-scripts')) as { filename: string }[];
  const tarball = join(folder, packed!.filename);
  const files = read(folder, 'tar', '-tzf', tarball).split('\n');
  const missing = EXPECTED.filter(file => !files.includes(file));
  if (missing.length > 0) throw new Error(`The tarball lacks ${missing.join(', ')}: see "files" in package.json.`);
  return tarball;
}

function main(): void {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  const current = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version as string;
  const tags = read(ROOT, 'git', 'tag').split('\n');
  const dirty = read(ROOT, 'git', 'status', '--porcelain').trimEnd();
  const { version, notes } = nextRelease(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), current, tags, dirty);
  const workshop = mkdtempSync(join(tmpdir(), 'eventuality-release-'));
  try {
    const clone = join(workshop, 'eventuality');
    run(workshop, 'git', 'clone', '--quiet', ROOT, clone);
    symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
    stamp(clone, version);
    // A rehearsal leaves the tests out: they are what CI has run on this commit.
    run(clone, 'npm', 'run', '--silent', values['dry-run'] ? 'check' : 'test');
    const tarball = pack(clone);
    console.log(
      `\n${read(clone, 'npm', 'publish', tarball, '--dry-run', '--ignore-scripts', '--tag', distTag(version))}`,
    );
    if (values['dry-run'])
      console.log(`${version} could be released; nothing was changed, tagged or published. Its notes:\n\n${notes}`);
    else publish(version, tarball);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** A version such as 1.2.3-beta.1 must not be what `npm install` takes by itself. */
const distTag = (version: string): string => (version.includes('-') ? 'next' : 'latest');

function publish(version: string, tarball: string): void {
  run(ROOT, 'npm', 'publish', tarball, '--ignore-scripts', '--tag', distTag(version));
  stamp(ROOT, version);
  run(ROOT, 'git', 'commit', '--all', '--message', `release: ${version}`);
  run(ROOT, 'git', 'tag', `v${version}`);
  console.log(`${version} is published. Push the commit and its tag: git push --follow-tags`);
}

const run = (cwd: string, command: string, ...args: string[]): void =>
  void execFileSync(command, args, { cwd, stdio: 'inherit' });
const read = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8' });

if (require.main === module) {
  try {
    main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
