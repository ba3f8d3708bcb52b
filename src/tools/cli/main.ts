#!/usr/bin/env node
import { run } from './program';

void run(process.argv.slice(2)).then(({ out, err, exitCode }) => {
  // The application's config may have left something open that would keep the process alive.
  process.stderr.write(err, () => process.stdout.write(out, () => process.exit(exitCode)));
});
