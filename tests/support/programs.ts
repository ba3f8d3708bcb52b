import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../..');

/**
 * Makes one script of a program of some folder, so that a process of it starts in some milliseconds; `optional` is what
 * its packages load if it is there.
 */
export function built(name: string, folder: string, from: string, optional: readonly string[] = []): string {
  const outfile = join(folder, `${basename(name)}.js`);
  // A driver of SQLite is looked for where the program runs.
  const external = ['pg-native', ...optional];
  buildSync({
    entryPoints: [join(from, `${name}.ts`)],
    outfile,
    external,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return outfile;
}

const running = new Set<Program>();

// Whatever becomes of a test, no program is left behind, frozen or not.
if (typeof afterEach === 'function') {
  afterEach(async () => {
    await Promise.all(Array.from(running, program => program.gone()));
  }, 20_000);
}

/** A program that runs beside the test, and what it has printed; it is ended after the test in any case. */
export class Program {
  #out = '';
  #errors = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** The assignment is given to it as JSON. */
  constructor(script: string, assignment: object, nodeOptions: readonly string[] = []) {
    const args = [...nodeOptions, script, JSON.stringify(assignment)];
    this.#child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout!.setEncoding('utf8').on('data', chunk => (this.#out += chunk));
    this.#child.stderr!.setEncoding('utf8').on('data', chunk => (this.#errors += chunk));
    this.#ended = once(this.#child, 'close').finally(() => running.delete(this));
    running.add(this);
  }

  /** The lines that were printed as a whole. */
  get lines(): string[] {
    this.#refuseFailed();
    return this.#out.split('\n').slice(0, -1);
  }

  /** The lines that were printed as a whole, also of one that was killed or has failed. */
  get printed(): string[] {
    return this.linesAfter(0);
  }

  /** How much was printed. */
  get length(): number {
    this.#refuseFailed();
    return this.#out.length;
  }

  /** The lines that were printed as a whole after so many characters. */
  linesAfter(length: number): string[] {
    return this.#out.slice(length).split('\n').slice(0, -1);
  }

  /** Throws if it has failed: there is no use in waiting for its lines. */
  #refuseFailed(): void {
    const { exitCode } = this.#child;
    if (exitCode) throw new Error(`it has ended with exit code ${exitCode}: ${this.#errors}`);
  }

  /** Waits until it ends by itself and returns its lines. */
  async finished(): Promise<string[]> {
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`exit code ${this.#child.exitCode}: ${this.#errors}`);
    return this.lines;
  }

  /** Sends it a signal: SIGSTOP and SIGCONT to freeze it for a while, SIGTERM to ask it to end. */
  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it as a power cut of the process would, and returns its lines. */
  async killed(): Promise<string[]> {
    this.#child.kill('SIGKILL');
    await this.#ended;
    if (this.#child.signalCode !== 'SIGKILL') throw new Error(`it had ended before: ${this.#errors}`);
    return this.lines;
  }

  /** Ends it the same way, where it has not ended yet, frozen or not. */
  async gone(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
