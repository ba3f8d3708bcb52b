import { Program } from '../../support/programs';
import { until } from '../../support/waiting';

const TIMEOUT_MS = 60_000;

/**
 * A program that prints that it is ready, plays a round at each SIGUSR2, prints what became of it as JSON, and ends on
 * SIGTERM.
 */
export class PlayingProgram<Round> {
  readonly #program: Program;
  #played = 0;

  constructor(script: string, assignment: object) {
    this.#program = new Program(script, assignment);
  }

  async ready(): Promise<void> {
    await until(() => this.#program.lines.length > 0, 'the process is ready', TIMEOUT_MS);
  }

  async play(): Promise<Round> {
    await this.ready();
    this.#program.send('SIGUSR2');
    this.#played++;
    await until(() => this.#program.lines.length > this.#played, 'the process has played its round', TIMEOUT_MS);
    return JSON.parse(this.#program.lines[this.#played]!) as Round;
  }

  end(): Promise<unknown> {
    this.#program.send('SIGTERM');
    return this.#program.finished();
  }

  /** Where something went wrong: it is not left behind. */
  kill(): void {
    this.#program.send('SIGKILL');
  }
}
