import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and the server, and cuts connections at the moment the server answers. */
export class CuttingProxy {
  /** How likely it is that an answer is thrown away with its connection. */
  cutting = 0;
  cuts = 0;
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();

  /** `chance` returns a number from 0 to below 1. */
  constructor(
    target: string,
    private readonly chance: () => number,
  ) {
    this.#target = new URL(target);
    this.#server = createServer(client => this.#carry(client));
  }

  start(): Promise<void> {
    return new Promise(resolve => this.#server.listen(0, '127.0.0.1', () => resolve()));
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  /** Returns the address of the server as seen through this proxy. */
  url(applicationName: string): string {
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
    url.searchParams.set('application_name', applicationName);
    return url.href;
  }

  #carry(client: Socket): void {
    const upstream = connect(Number(this.#target.port || 5432), this.#target.hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => this.#sockets.delete(socket));
    }
    client.on('data', data => upstream.write(data)).on('close', end);
    upstream.on('close', end).on('data', data => {
      if (this.chance() >= this.cutting) return void client.write(data);
      this.cuts++;
      end();
    });
  }
}
