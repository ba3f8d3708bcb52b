import { pause } from '../../concurrency';
import type { ProjectionStore } from '../../store';
import { RebuildCancelledError } from '../event-processor-errors';
import type { EventProcessorRunner } from '../event-processor-runner';
import type { LogHead } from '../status/log-head';
import { Rate } from '../status/rate';
import type { Rebuild, RebuildProgress } from '../status/status';
import type { ActiveVersions } from './active-versions';
import { progressOf } from './rebuild-progress';

const PROGRESS_EVERY_MS = 200;
const LOOK_EVERY_MS = 50;

/** What is needed to watch a rebuild. */
export interface RebuildParts {
  readonly store: ProjectionStore;
  readonly head: LogHead;
  readonly active: ActiveVersions;
}

/** A version that fills, in any number of processes. */
export class RunningRebuild implements Rebuild {
  readonly done: Promise<void>;
  readonly #finished = new AbortController();
  #cancelled = false;

  constructor(
    readonly version: number,
    private readonly parts: RebuildParts,
    private readonly runner: Pick<EventProcessorRunner, 'name' | 'drop' | 'switchAnyway'>,
  ) {
    this.done = this.#whenActive();
    // A caller that does not await `done` gets no unhandled rejection after a cancellation.
    this.done.catch(() => undefined);
  }

  async *progress(): AsyncGenerator<RebuildProgress, void, undefined> {
    const rate = new Rate();
    while (!this.#finished.signal.aborted) {
      yield await progressOf(this.parts, this.runner.name, this.version, rate);
      await pause(PROGRESS_EVERY_MS, this.#finished.signal);
    }
    if (await this.#wasCancelled()) return;
    const last = await progressOf(this.parts, this.runner.name, this.version, rate);
    yield { ...last, done: last.total, secondsLeft: 0 };
  }

  async cancel(): Promise<void> {
    this.#cancelled = await this.runner.drop(this.version);
    await this.done.catch(() => undefined);
  }

  async switchAnyway(): Promise<void> {
    await this.runner.switchAnyway(this.version, this.#finished.signal);
    await this.done;
  }

  /** @throws the error of the store when it was asked whether readers see the new version */
  async #wasCancelled(): Promise<boolean> {
    try {
      await this.done;
      return false;
    } catch (error) {
      if (error instanceof RebuildCancelledError) return true;
      throw error;
    }
  }

  async #whenActive(): Promise<void> {
    try {
      for (;;) {
        const known = await this.parts.active.look(this.runner.name);
        if (known.some(({ version, active }) => active && version >= this.version)) return;
        const filling = known.some(({ version, closed }) => version === this.version && !closed);
        if (this.#cancelled || !filling) throw new RebuildCancelledError(this.runner.name, this.version);
        await pause(LOOK_EVERY_MS, this.#finished.signal);
      }
    } finally {
      this.#finished.abort();
    }
  }
}
