import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between clients and the server; what happens to an answer is up to those that extend it. */
export abstract class StandingProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer(client => this.#carry(client));
  }

  /** Begins to carry, after {@link stop} again at the same address. */
  start(): Promise<void> {
    return new Promise(resolve => {
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#port = (this.#server.address() as { port: number }).port;
        resolve();
      });
    });
  }

  stop(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }

  /** Returns the address of the server as seen through this proxy. */
  url(applicationName: string): string {
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${this.#port}`;
    url.searchParams.set('application_name', applicationName);
    return url.href;
  }

  /** Hands an answer on, or does not; `cut` ends the connection on both sides. */
  protected abstract answer(data: Buffer, client: Socket, cut: () => void): void;

  #carry(client: Socket): void {
    if (!this.#server.listening) return void client.destroy();
    const upstream = connect(Number(this.#target.port || 5432), this.#target.hostname);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', cut).on('close', () => this.#sockets.delete(socket));
    }
    client.on('data', data => upstream.write(data)).on('close', cut);
    upstream.on('close', cut).on('data', data => this.answer(data, client, cut));
  }
}
