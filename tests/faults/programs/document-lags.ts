import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../../src/store';
import { beside } from '../../support/beside';
import { type Count, projectionsOf } from '../../support/counting';
import { to } from '../../support/events';
import { until } from '../../support/waiting';

const ID = 'probe';
const EVERY = 20;
const TIMEOUT_MS = 60_000;

/** Measures how long after the answer to its append an event is in the document of a projection that counts. */
export class DocumentLags {
  /** When each event was answered, and when it was in the document: at the place of its version. */
  readonly #answered: number[] = [];
  readonly #seen: number[] = [];

  constructor(
    private readonly store: EventStore,
    private readonly projection: string,
  ) {}

  /**
   * Appends to an aggregate of its own now and then, until it is over, and looks at its document all the time, until
   * all is in it.
   */
  async measure(isOver: () => boolean): Promise<void> {
    const appending = this.#append(isOver);
    const looking = async (isAppended: () => boolean): Promise<void> => {
      const hasAll = async (): Promise<boolean> => {
        await this.#look();
        return isAppended() && this.#seen.length >= this.#answered.length;
      };
      // What never comes is found when all documents are compared.
      await until(hasAll, 'all is in the document', TIMEOUT_MS).catch(() => undefined);
    };
    await beside(looking, () => appending);
  }

  /** Returns the lags of the events that were answered in this time, in milliseconds. */
  between(from: number, until: number): number[] {
    return this.#answered.flatMap((answered, index) => {
      const seen = this.#seen[index];
      return seen !== undefined && answered >= from && answered < until ? [Math.max(0, seen - answered)] : [];
    });
  }

  async #append(isOver: () => boolean): Promise<void> {
    for (; !isOver(); await sleep(EVERY)) {
      await this.store.append([to(ID, 'any')]);
      this.#answered.push(performance.now());
    }
  }

  async #look(): Promise<void> {
    const store = projectionsOf(this.store);
    const version = (await store.active(this.projection))!;
    const document = (await store.get(this.projection, version, [ID])).get(ID) as Count | undefined;
    const now = performance.now();
    while (this.#seen.length < (document?.version ?? 0)) this.#seen.push(now);
  }
}
