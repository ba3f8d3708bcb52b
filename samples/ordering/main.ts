import 'reflect-metadata';
import { run, type Surroundings } from './cli';

/** Runs the program with the arguments of this process. */
export async function main(startServer?: Surroundings['startServer']): Promise<void> {
  const url = process.env.EVENTUALITY_POSTGRES_URL || undefined;
  const interrupted = new AbortController();
  // A second time it ends at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { signal } = interrupted;
  process.exitCode = await run(process.argv.slice(2), {
    out: console.log,
    err: console.error,
    url,
    startServer,
    signal,
  });
}

if (require.main === module) void main();
