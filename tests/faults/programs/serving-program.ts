import { Program } from '../../support/programs';
import { until } from '../../support/waiting';
import type { Serving } from './serving-process';

const TIMEOUT_MS = 60_000;

/** A serving process, and what it says. */
export class ServingProgram extends Program {
  constructor(script: string, serving: Serving) {
    super(script, serving);
  }

  /** The positions of the events that its projection has taken, of what it printed after so many characters. */
  handled(from: number): string[] {
    return this.linesAfter(from).flatMap(line =>
      line.startsWith('handling ') ? [line.slice('handling '.length)] : [],
    );
  }

  /** Waits until its projection takes another event. */
  async busy(): Promise<void> {
    const before = this.length;
    await until(() => this.handled(before).length > 0, 'the process follows', TIMEOUT_MS);
  }

  /** Waits until a careless one that halts has written documents. */
  async written(): Promise<void> {
    await until(() => this.lines.includes('written'), 'documents are written', TIMEOUT_MS);
  }

  /** Has it freeze when its projection takes the next event, in the handler. Returns when that was. */
  async frozenInHandler(): Promise<number> {
    const before = this.length;
    const frozen = (): string | undefined => this.linesAfter(before).find(line => line.startsWith('frozen '));
    this.send('SIGUSR2');
    await until(() => frozen() !== undefined, 'the process freezes', TIMEOUT_MS);
    return Number(frozen()!.slice('frozen '.length));
  }

  /** Asks it to end, as soon as it can be asked, and returns its lines. */
  async ended(): Promise<string[]> {
    await until(() => this.length > 0, 'the process is ready', TIMEOUT_MS);
    this.send('SIGTERM');
    return this.finished();
  }
}
