#!/usr/bin/env node
import { run } from './program';

// What a config or a store prints would spoil what the user asked for: only the report is for stdout.
const printed = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

// A config or store that never answers leaves nothing that would keep the process alive; a config may also end it.
const unanswered = (): void => {
  process.exitCode = 2;
  process.stderr.write('error: The process ended before the config or the store had answered.\n');
};
process.once('exit', unanswered);

void run(process.argv.slice(2)).then(({ out, err, exitCode }) => {
  process.off('exit', unanswered);
  // The application's config may have left something open that would keep the process alive.
  process.stderr.write(err, () => printed(out, () => process.exit(exitCode)));
});
