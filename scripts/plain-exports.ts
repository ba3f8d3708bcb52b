/**
 * Turns what tsc writes for `export { a } from './b'`, a getter, into a plain value: each use of a name across folders goes through
 * one of them, and a getter is called each time. Modules of the package never import each other in a circle (see check:floors), so the value is
 * there when the module that hands it on is loaded. Part of `npm run build`; measured at a tenth of a command in memory.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const GETTER = /Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+\.\w+); \} \}\);/g;
const dist = join(__dirname, '../dist');

for (const entry of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (!entry.endsWith('.js')) continue;
  const file = join(dist, entry);
  const text = readFileSync(file, 'utf8');
  const plain = text.replace(GETTER, 'exports.$1 = $2;');
  if (plain.includes('Object.defineProperty(exports, "') && plain.includes('get: function'))
    throw new Error(`${file} has an export of another form.`);
  if (plain !== text) writeFileSync(file, plain);
}
