import type { EventProcessors } from '../../../src/processing';
import { range } from '../../support/events';
import { Program } from '../../support/programs';
import { until } from '../../support/waiting';
import type { Counting } from './counting-process';

const PROCESSES = 3;
const TIMEOUT_MS = 20_000;

/** Three processes that run the same projections. */
export class CountingProcesses {
  readonly #programs: readonly Program[];

  constructor(script: string, counting: Counting) {
    this.#programs = range(1, PROCESSES).map(() => new Program(script, counting));
  }

  /** Waits until each of them has a share of each projection. */
  async haveShared(projections: EventProcessors): Promise<void> {
    const isShared = async (): Promise<boolean> =>
      (await projections.status()).every(
        ({ segments }) => new Set(segments.flatMap(({ owner }) => owner ?? [])).size === PROCESSES,
      );
    await until(isShared, 'each process has a share', TIMEOUT_MS);
  }

  /** Asks them to end, and returns what all of them have printed. */
  async ended(): Promise<string[]> {
    for (const program of this.#programs) program.send('SIGTERM');
    return (await Promise.all(this.#programs.map(program => program.finished()))).flat();
  }

  /** Where something went wrong: none of them is left behind. */
  kill(): void {
    for (const program of this.#programs) program.send('SIGKILL');
  }
}
