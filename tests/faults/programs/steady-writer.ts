import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../../src/store';
import { to } from '../../support/events';
import { machineTime } from './lags';

/** An event that was appended, and when that was answered, by the clock of the machine. */
export interface Answered {
  readonly id: string;
  readonly position: bigint;
  readonly at: number;
}

/** Appends events to aggregates, one after the other and all over again: so many a second, however long each takes. */
export class SteadyWriter {
  readonly answered: Answered[] = [];
  #begun = 0;
  #time = 0;

  constructor(
    private readonly store: EventStore,
    /** Events a second. */
    private readonly rate: number,
    private readonly ids: readonly string[],
  ) {}

  /** The rate that was reached. */
  get reached(): number {
    return (this.answered.length / this.#time) * 1000;
  }

  writeFor(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    return this.writeUntil(() => performance.now() > end);
  }

  async writeUntil(isOver: () => boolean): Promise<void> {
    const appends: Promise<void>[] = [];
    let failure: { error: unknown } | undefined;
    const fail = (error: unknown): void => {
      failure ??= { error };
    };
    const start = performance.now();
    while (!isOver() && !failure) {
      const due = ((performance.now() - start) / 1000) * this.rate;
      while (appends.length < due) appends.push(this.#append(this.ids[this.#begun++ % this.ids.length]!).catch(fail));
      await sleep(2);
    }
    await Promise.all(appends);
    if (failure) throw failure.error;
    this.#time += performance.now() - start;
  }

  async #append(id: string): Promise<void> {
    const outcome = await this.store.append([to(id, 'any')]);
    if (!outcome.ok) throw new Error('"any" was a conflict');
    this.answered.push({ id, position: outcome.events[0]!.position, at: machineTime() });
  }
}
