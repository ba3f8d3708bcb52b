import 'reflect-metadata';
import { run } from './cli';
import type { Print } from './log';
import { placeOf } from './store';

const { stdout } = process;
const out: Print = (line, passing) => stdout.write(passing && stdout.isTTY ? `${line}\u001b[K\r` : `${line}\n`);

run(process.argv.slice(2), { out, err: console.error, place: placeOf(process.env) }).then(code => {
  process.exitCode = code;
});
