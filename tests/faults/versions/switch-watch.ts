import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { EventualityError } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { type Count, projectionsOf } from '../../support/counting';

interface Look {
  readonly version: number;
  readonly counts: ReadonlyMap<string, object>;
}

/**
 * Looks at the documents of the active version, past the readers, and compares the last look before a switch with the
 * first after it.
 */
export class SwitchWatch {
  switches = 0;
  /** Documents that the new version has in an older state, or not at all. */
  behind = 0;
  /** Documents that differ though they have come as far. */
  different = 0;
  #before: Look | undefined;
  #over = false;
  readonly #watching: Promise<void>;

  constructor(
    private readonly store: EventStore,
    private readonly name: string,
    private readonly ids: readonly string[],
  ) {
    this.#watching = this.#watch();
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for (; !this.#over; await sleep(1)) {
      const look = await this.#look();
      if (!look) continue;
      if (this.#before && this.#before.version !== look.version) this.#compare(this.#before, look);
      this.#before = look;
    }
  }

  /** Returns nothing where there is no version, or the one that was active is gone. */
  async #look(): Promise<Look | undefined> {
    const documents = projectionsOf(this.store);
    const version = await documents.active(this.name);
    if (version === undefined) return undefined;
    try {
      return { version, counts: await documents.get(this.name, version, this.ids) };
    } catch (error) {
      if (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL') return undefined;
      throw error;
    }
  }

  #compare(before: Look, after: Look): void {
    this.switches++;
    for (const id of this.ids) {
      const [old, found] = [before.counts.get(id) as Count | undefined, after.counts.get(id) as Count | undefined];
      if ((found?.version ?? 0) < (old?.version ?? 0)) this.behind++;
      else if (found?.version === old?.version && !isDeepStrictEqual(found, old)) this.different++;
    }
  }
}
