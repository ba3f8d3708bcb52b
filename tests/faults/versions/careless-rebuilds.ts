import type { EventStore } from '../../../src/store';
import { type Count, counted, projectionsOf } from '../../support/counting';
import { everything } from '../../support/stores/whole-stores';
import { until } from '../../support/waiting';

const TIMEOUT_MS = 60_000;

/** What the versions look like that are made here. */
export interface Shape {
  readonly name: string;
  readonly segments: number;
  readonly indexes: readonly string[];
  /** Resolves when readers have read on for a while. */
  readonly readOn: () => Promise<unknown>;
}

/**
 * A rebuild as one might write it first: documents and checkpoints are deleted, and those who follow fill them again.
 */
export async function rebuildInPlace(store: EventStore, shape: Shape): Promise<void> {
  const documents = projectionsOf(store);
  const version = (await documents.active(shape.name))!;
  await documents.drop(shape.name, version);
  const { readOn: _, ...prepared } = shape;
  await documents.prepare({ ...prepared, version });
  await documents.activate(shape.name, version);
}

/**
 * A rebuild beside what is read, as one might write it first: readers are switched when it is as far as the events went
 * at the start.
 */
export async function rebuildHastily(store: EventStore, shape: Shape): Promise<void> {
  const { name, readOn, ...rest } = shape;
  const documents = projectionsOf(store);
  const old = (await documents.active(name))!;
  // Of a revision of its own, so that no other process fills it.
  const made = { name, ...rest, version: old + 1, revision: 2 };
  await documents.prepare(made);
  const counts = new Map<string, Count>();
  const events = await everything(store);
  for (const event of events) counts.set(event.aggregateId, counted(counts.get(event.aggregateId), event));
  // Events come meanwhile, and the version that is read takes them, before the eyes of its readers.
  const last = events.at(-1)!.position;
  const isAhead = async (): Promise<boolean> =>
    Array.from(await documents.get(name, old, [...counts.keys()])).some(
      ([, count]) => BigInt((count as Count).position) > last,
    );
  await until(isAhead, 'the version that is read takes more events', TIMEOUT_MS);
  await readOn();
  const { version } = made;
  const writes = Array.from(counts, ([id, document]) => ({ readModel: name, version, id, document }));
  await documents.commit({ checkpoint: { projection: name, version, segment: 0 }, from: 0n, to: last, writes });
  await documents.activate(name, version);
  await documents.drop(name, old);
}
