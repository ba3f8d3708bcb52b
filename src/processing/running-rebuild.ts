import type { ProjectionStore } from '../store';
import { RebuildCancelledError } from './follower-errors';
import type { Head } from './head';
import { pause } from './pause';
import { Rate } from './rate';
import { progressOf } from './rebuild-progress';
import type { Rebuild, RebuildProgress } from './status';

const PROGRESS_EVERY = 200;

/** What a rebuild is watched with. */
export interface RebuildParts {
  readonly store: ProjectionStore;
  readonly head: Head;
}

/** A version that fills, whichever processes fill it. */
export class RunningRebuild implements Rebuild {
  readonly done: Promise<void>;
  readonly #finished = new AbortController();

  constructor(
    readonly version: number,
    private readonly parts: RebuildParts,
    private readonly name: string,
    private readonly drop: () => Promise<void>,
  ) {
    this.done = this.#whenActive();
    // Who does not ask for the end is not told of a cancellation.
    this.done.catch(() => undefined);
  }

  async *progress(): AsyncGenerator<RebuildProgress, void, undefined> {
    const rate = new Rate();
    while (!this.#finished.signal.aborted) {
      yield await progressOf(this.parts, this.name, this.version, rate);
      await pause(PROGRESS_EVERY, this.#finished.signal);
    }
    await this.done;
    const last = await progressOf(this.parts, this.name, this.version, rate);
    yield { ...last, done: last.total, secondsLeft: 0 };
  }

  async cancel(): Promise<void> {
    if ((await this.parts.store.active(this.name)) !== this.version) await this.drop();
    await this.done.catch(() => undefined);
  }

  async #whenActive(): Promise<void> {
    try {
      for (;;) {
        const active = (await this.parts.store.active(this.name)) ?? 0;
        if (active >= this.version) return;
        const known = await this.parts.store.versions(this.name);
        if (!known.some(({ version }) => version === this.version)) throw new RebuildCancelledError(this.name, this.version);
        await pause(PROGRESS_EVERY / 4, this.#finished.signal);
      }
    } finally {
      this.#finished.abort();
    }
  }
}
