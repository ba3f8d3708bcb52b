/**
 * Makes two things of what tsc writes plainer. Part of `npm run build`.
 *
 * `require("node:...")` becomes `process.getBuiltinModule("node:...")`: in an ES module that a bundler makes there is
 * no `require`.
 *
 * Turns what tsc writes for `export { a } from './b'`, a getter, into a plain value: each use of a name across folders
 * goes through one of them, and a getter is called each time. Modules of the package never import each other in a
 * circle (see check:floors), so the value is there when the module that hands it on is loaded; measured at a tenth of a
 * command in memory.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const GETTER =
  /Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+\.\w+); \} \}\);/g;
const BUILT_IN = /\brequire\(("node:[^"]+")\)/g;
const dist = process.argv[2] ?? join(__dirname, '../dist');

for (const entry of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (!entry.endsWith('.js')) continue;
  const file = join(dist, entry);
  const text = readFileSync(file, 'utf8');
  const plain = text.replace(GETTER, 'exports.$1 = $2;').replace(BUILT_IN, 'process.getBuiltinModule($1)');
  if (plain.includes('Object.defineProperty(exports, "') && plain.includes('get: function'))
    throw new Error(`${file} has an export of another form.`);
  if (plain !== text) writeFileSync(file, plain);
}
