import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { type Count, counted, projectionsOf } from '../../support/counting';

const NAME = 'careless';
const SEGMENT = { projection: NAME, version: 1, segment: 0 };
const PAGE = 100;

/** What the runner does not let itself be disturbed by. */
export interface Carelessness {
  readonly owner: string;
  readonly leaseDuration: number;
  readonly handling: (event: RecordedEvent) => unknown;
  /** Called when the documents are written, and the checkpoint is not moved yet. */
  readonly written?: () => unknown;
}

/**
 * A runner as one might write it first: it has a lease, but no fence; it writes the documents, whatever has become of
 * the checkpoint, and moves that in a transaction of its own; where a commit failed it does it all again.
 */
export async function followCarelessly(
  store: EventStore,
  carelessness: Carelessness,
  signal: AbortSignal,
): Promise<void> {
  await projectionsOf(store).prepare({ name: NAME, version: 1, indexes: [] });
  await projectionsOf(store).activate(NAME, 1);
  while (!signal.aborted) {
    const went = await takePage(store, carelessness).catch(() => false);
    if (!went) await sleep(5);
  }
}

async function takePage(store: EventStore, carelessness: Carelessness): Promise<boolean> {
  const { owner, leaseDuration, handling, written = () => sleep(1) } = carelessness;
  const documents = projectionsOf(store);
  const lease = await documents.leases.claim(SEGMENT, { owner, duration: leaseDuration });
  if (!lease.ok) return false;
  const page = await store.readAll({ after: lease.position, limit: PAGE });
  if (page.length === 0) return false;
  const counts = new Map(await documents.get(NAME, 1, [...new Set(page.map(({ aggregateId }) => aggregateId))]));
  for (const event of page) {
    if (event.name !== 'Happened') continue;
    await handling(event);
    counts.set(event.aggregateId, counted(counts.get(event.aggregateId) as Count | undefined, event));
  }
  const writes = Array.from(counts, ([id, document]) => ({ readModel: NAME, version: 1, id, document }));
  let at: bigint;
  // Others may move the checkpoint in between.
  do at = await documents.checkpoint(SEGMENT);
  while (!(await documents.commit({ checkpoint: SEGMENT, from: at, to: at, writes })).ok);
  await written();
  const end = page.at(-1)!.position;
  if (end > at) await documents.commit({ checkpoint: SEGMENT, from: at, to: end, writes: [] });
  return true;
}
