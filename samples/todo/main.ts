import 'reflect-metadata';
import { run } from './cli';
import { placeOf } from './store';

run(process.argv.slice(2), { out: console.log, err: console.error, place: placeOf(process.env) }).then(code => {
  process.exitCode = code;
});
