import type { RecordedEvent } from '../../src/messages';
import {
  defineProjection,
  type EventProcessorDefinition,
  type ProjectionContext,
  type ProjectionOptions,
} from '../../src/processing';
import type { EventStore, ProjectionStore } from '../../src/store';
import { everything } from './stores/whole-stores';

/** What a projection has made of the events of one aggregate. */
export interface Count {
  readonly id: string;
  readonly events: number;
  /** The version of the last one. */
  readonly version: number;
  /** Of the last one. */
  readonly position: string;
  /** How many came that did not follow on the one before. */
  readonly disorder: number;
}

/** Counts one event more. */
export function counted(before: Count | undefined, { aggregateId, version, position }: RecordedEvent): Count {
  const inOrder = before ? version === before.version + 1 && position > BigInt(before.position) : version === 1;
  return {
    ...{ id: aggregateId, version, position: `${position}` },
    events: (before?.events ?? 0) + 1,
    disorder: (before?.disorder ?? 0) + (inOrder ? 0 : 1),
  };
}

/** A projection that counts the events of each aggregate; `handling` is called before each of them. */
export const counting = (
  name: string,
  options: ProjectionOptions = {},
  handling: (event: RecordedEvent) => unknown = () => undefined,
): EventProcessorDefinition =>
  defineProjection({
    ...options,
    name,
    on: {
      async Happened(_payload, { event, documents }: ProjectionContext<Count>) {
        await handling(event);
        documents.set(event.aggregateId, counted(await documents.get(event.aggregateId), event));
      },
    },
  });

/** How documents differ from a fold of the store. */
export interface Differences {
  /** Events that were not counted. */
  readonly lost: number;
  /** Events that were counted again. */
  readonly doubled: number;
  readonly disorder: number;
}

/**
 * Compares the counts of a projection, in the version that is read, with the events of the store; of all aggregates, or
 * some.
 */
export async function differences(
  store: EventStore,
  name: string,
  isAsked: (id: string) => boolean = () => true,
): Promise<Differences> {
  const folded = new Map<string, number>();
  for (const { name: event, aggregateId } of await everything(store)) {
    if (event === 'Happened' && isAsked(aggregateId)) folded.set(aggregateId, (folded.get(aggregateId) ?? 0) + 1);
  }
  const counts = await countsOf(projectionsOf(store), name, [...folded.keys()]);
  const total = { lost: 0, doubled: 0, disorder: 0 };
  for (const [id, events] of folded) {
    const count = counts.get(id);
    total.lost += Math.max(0, events - (count?.events ?? 0));
    total.doubled += Math.max(0, (count?.events ?? 0) - events);
    total.disorder += count?.disorder ?? 0;
  }
  return total;
}

export const isSame = ({ lost, doubled, disorder }: Differences): boolean => lost + doubled + disorder === 0;

export const projectionsOf = (store: EventStore): ProjectionStore => store.projections as ProjectionStore;

/** Returns the counts of aggregates, by their ids, in the version that is read. */
export async function countsOf(
  store: ProjectionStore,
  name: string,
  ids: readonly string[],
): Promise<Map<string, Count>> {
  const counts = new Map<string, Count>();
  const version = await store.active(name);
  if (version === undefined) return counts;
  for (let at = 0; at < ids.length; at += 100) {
    for (const [id, count] of await store.get(name, version, ids.slice(at, at + 100))) counts.set(id, count as Count);
  }
  return counts;
}
