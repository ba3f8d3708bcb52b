import 'reflect-metadata';
import { defaultFile, run } from './cli';

run(process.argv.slice(2), { out: console.log, err: console.error, file: defaultFile() }).then(code => {
  process.exitCode = code;
});
