import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Told } from './fulfilling-process';
import type { Print } from './log';

/** A process of the operating system in which the process manager works. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** How many commands it has begun to send. */
  sent = 0;
  wasKilled = false;

  /** @param sends called with the line of each command that it begins to send */
  constructor(
    readonly number: number,
    place: { readonly url: string; readonly schema: string },
    print: Print,
    sends: (worker: Worker, line: string) => void,
  ) {
    this.#child = fork(join(__dirname, 'fulfilling-process'), [place.url, place.schema]);
    this.#exited = once(this.#child, 'exit');
    this.#child.on('message', (told: Told) => {
      if (!('line' in told) || this.wasKilled) return;
      print(`[${number}] ${told.line}`);
      if (!told.line.startsWith('process sends')) return;
      this.sent += 1;
      sends(this, told.line);
    });
  }

  /** Resolves when it works. @throws what keeps it from that */
  async ready(): Promise<void> {
    const [told] = (await Promise.race([once(this.#child, 'message'), this.#exited])) as [Told | number];
    if (typeof told === 'object' && told !== null && 'ready' in told) return;
    const reason = typeof told === 'object' && told !== null && 'failed' in told ? told.failed : `it ended (${told})`;
    throw new Error(`Process ${this.number} cannot work: ${reason}`);
  }

  /** Ends it in the middle of everything, as a power cut would. */
  kill(): void {
    this.wasKilled = true;
    this.#child.kill('SIGKILL');
  }

  /** Tells it to end, and waits until it has. */
  async end(): Promise<void> {
    if (this.#child.connected && !this.wasKilled) this.#child.send('end');
    await this.#exited;
  }
}
