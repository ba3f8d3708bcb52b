import 'reflect-metadata';
import { run } from './cli';

/** Runs the program with the arguments of this process. */
async function main(): Promise<void> {
  const ending = new AbortController();
  // A second time it ends at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  process.exitCode = await run(process.argv.slice(2), {
    out: console.log,
    err: console.error,
    url: process.env.EVENTUALITY_POSTGRES_URL || undefined,
    signal: ending.signal,
  });
}

void main();
