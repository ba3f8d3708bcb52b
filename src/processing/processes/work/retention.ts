import { millisecondsOf } from '../../../messages';
import type { ProjectionStore } from '../../../store';
import type { SegmentChanges, SegmentOutcome } from '../../segments/segment-checkpoint';
import type { ProcessDefinition } from '../definition/definition';
import { INSTANCES_VERSION, type InstanceDocument, instancesOf } from '../turns/instance';

const KEEP_MS = 30 * 86_400_000;
const INTERVAL_MS = 60_000;
const PAGE_INSTANCES = 100;

/**
 * Deletes instances that ended long ago, with their histories. One segment does so for all. An instance that has
 * started again meanwhile is left alone, because its document has changed.
 */
export class Retention {
  readonly #keep: number;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly definition: ProcessDefinition,
    private readonly store: ProjectionStore,
    private readonly commit: (changes: Omit<SegmentChanges, 'to'>) => Promise<SegmentOutcome>,
  ) {
    this.#keep = millisecondsOf(definition.process.options.keep) ?? KEEP_MS;
  }

  /** Checks once a minute. @param now milliseconds since 1970 @throws errors of the store */
  async run(now: number): Promise<void> {
    if (now < this.#nextAt) return;
    this.#nextAt = now + INTERVAL_MS;
    while (await this.#forget(new Date(now - this.#keep).toISOString()));
  }

  /** Returns whether there may be more. */
  async #forget(before: string): Promise<boolean> {
    const readModel = instancesOf(this.definition.name);
    const { items } = await this.store.find(readModel, INSTANCES_VERSION, {
      ...{ orderBy: 'endedAt', limit: PAGE_INSTANCES },
    });
    const old = items.filter(({ document }) => isOld(document as InstanceDocument, before)).map(({ id }) => id);
    if (old.length === 0) return false;
    const found = await this.store.get(readModel, INSTANCES_VERSION, old);
    const still = old.filter(id => isOld(found.get(id) as InstanceDocument | undefined, before));
    const places = still.map(id => ({ readModel, version: INSTANCES_VERSION, id }));
    const outcome = await this.commit({
      writes: places.map(place => ({ ...place, document: null })),
      reads: places.map(place => ({ ...place, document: found.get(place.id)! })),
      process: { forget: still },
    });
    // An instance that has just changed is left to the next check.
    return outcome === 'ok' && items.length === PAGE_INSTANCES;
  }
}

const isOld = (document: InstanceDocument | undefined, before: string): boolean =>
  document?.endedAt !== undefined && document.endedAt <= before;
