import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt } from '../scripts/build';

const BEFORE = new Date(Date.now() - 2000);
let root: string;

/** A checkout with a build of its sources. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'eventuality-built-'));
  for (const folder of ['src/flow', 'scripts', 'dist']) mkdirSync(join(root, folder), { recursive: true });
  const sources = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.ts', 'src/flow/flow.ts'];
  for (const file of [...sources, 'src/flow/old.ts']) writeFileSync(join(root, file), '');
  for (const old of [...sources, 'src/flow/old.ts', 'src/flow', 'src']) utimesSync(join(root, old), BEFORE, BEFORE);
  writeFileSync(join(root, 'dist/.tsbuildinfo'), '');
});

afterEach(() => rmSync(root, { recursive: true }));

test('what was built after the last change is not built again', () => {
  expect(isBuilt(root)).toBe(true);
});

test.each<[string, () => void]>([
  ['nothing was built', () => rmSync(join(root, 'dist'), { recursive: true })],
  ['a source has changed', () => writeFileSync(join(root, 'src/flow/flow.ts'), 'export {};')],
  ['a source was added', () => writeFileSync(join(root, 'src/flow/new.ts'), '')],
  ['a source was removed', () => rmSync(join(root, 'src/flow/old.ts'))],
  ['the settings of the compiler have changed', () => writeFileSync(join(root, 'tsconfig.json'), '{}')],
])('it is built where %s', (_, change) => {
  const later = new Date(Date.now() - 1000);
  utimesSync(join(root, 'dist/.tsbuildinfo'), later, later);
  change();
  expect(isBuilt(root)).toBe(false);
});
