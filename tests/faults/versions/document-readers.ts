import { setTimeout as sleep } from 'node:timers/promises';
import { Flow } from '../../../src/flow';
import type { ProjectionDefinition, ReadModel } from '../../../src/processing';
import type { Count } from '../../support/counting';
import { SILENT } from '../../support/logger';
import { openAt, type Where } from '../../support/stores/where';

/** Small enough that a list takes several. */
const PAGE = 20;

type Read = readonly [what: string, found: Count | undefined];
type Way = (counts: ReadModel<Count>, ids: readonly string[]) => Promise<readonly Read[]>;

/** The ways in which documents are read; each has an order by which what is read never goes back. */
const WAYS: readonly Way[] = [
  async (counts, [id]) => [[id!, await counts.get(id!)]],
  async (counts, ids) => {
    const found = await counts.getMany(ids);
    return ids.map(id => [id, found.get(id)]);
  },
  async (counts, ids) => {
    const found = new Map<string, Count>();
    for await (const count of counts.all({ limit: PAGE })) found.set(count.id, count);
    return ids.map(id => [id, found.get(id)]);
  },
  async counts => [['the highest', await counts.first({ orderBy: { field: 'version', direction: 'desc' } })]],
];

/** Reads documents over and over, in each way, as users do, and counts what must not happen. */
export class DocumentReaders {
  reads = 0;
  readonly errors: unknown[] = [];
  /** Reads that found a document older than the same reader had seen it before, or gone. */
  stale = 0;
  #over = false;
  readonly #reading: Promise<unknown>;

  constructor(
    private readonly where: Where,
    private readonly projection: () => ProjectionDefinition<Count>,
    private readonly ids: readonly string[],
  ) {
    this.#reading = Promise.all(WAYS.map(way => this.#read(way)));
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#reading;
  }

  /** Each reader is a process of its own, as far as read models are concerned. */
  async #read(way: Way): Promise<void> {
    const projection = this.projection();
    const flow = new Flow({ eventStore: openAt(this.where), processors: [projection], follow: false, logger: SILENT });
    const counts = flow.readModel(projection);
    const seen = new Map<string, number>();
    while (!this.#over) {
      try {
        const reads = await way(counts, this.ids);
        if (reads.filter(read => isStale(read, seen)).length > 0) this.stale++;
        this.reads++;
      } catch (error) {
        this.errors.push(error);
      }
      await sleep(1);
    }
    await flow.close();
  }
}

function isStale([what, found]: Read, seen: Map<string, number>): boolean {
  const [before, now] = [seen.get(what) ?? 0, found?.version ?? 0];
  if (now > before) seen.set(what, now);
  return now < before;
}
