import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { lent } from '../../support/beside';
import { type Differences, differences, isSame } from '../../support/counting';
import { happened, range, to } from '../../support/events';
import { type Figure, noDifferences, none, type Subject, told } from '../../support/figures';
import type { Random } from '../../support/random';
import { everything } from '../../support/stores/whole-stores';

/** So many that no segment is without any. */
const STREAMS = 60;
const TIMEOUT_MS = 30_000;

/** What serving processes have made of what was written. */
export interface Processed {
  readonly written: number;
  readonly documents: Differences;
  readonly notedTwice: number;
  readonly notNoted: number;
}

/** Lets events come into a store while processes follow it, and looks what these have made of them. */
export class ProcessedStore {
  #over = false;
  #written = 0;
  #writing: Promise<void> | undefined;

  /** `appended` is told each event that was written. */
  constructor(
    readonly store: EventStore,
    private readonly random: Random,
    private readonly appended: (event: RecordedEvent) => void = () => undefined,
  ) {}

  /** Begins to write; there is something when it resolves. */
  async #start(): Promise<void> {
    await this.#append('0', 1);
    this.#writing = this.#write();
    // Told by `stop()`.
    this.#writing.catch(() => undefined);
  }

  /** Writes no more. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#writing;
  }

  /** Does something while events come; in every case no more of them come in the end. */
  async while<T>(work: () => Promise<T>): Promise<T> {
    await this.#start();
    return lent(work, () => this.stop());
  }

  /**
   * Waits until everything is followed, or nothing more comes of it. What is not in the end is in what was made of it.
   */
  async settled(): Promise<void> {
    for (let left = -1, since = Date.now(); Date.now() - since < TIMEOUT_MS; await sleep(100)) {
      const { documents, notNoted } = await this.processed();
      if (isSame(documents) && notNoted === 0) return;
      if (documents.lost + notNoted !== left) since = Date.now();
      left = documents.lost + notNoted;
    }
  }

  async processed(): Promise<Processed> {
    return { written: this.#written, documents: await differences(this.store, 'counts'), ...(await this.#notes()) };
  }

  async #write(): Promise<void> {
    while (!this.#over) {
      await this.#append(`${this.random.below(STREAMS)}`, 1 + this.random.below(3));
      await this.random.pause(10);
    }
  }

  async #append(id: string, count: number): Promise<void> {
    const outcome = await this.store.append([to(id, 'any', ...range(1, count).map(n => happened({ n })))]);
    if (!outcome.ok) throw new Error('"any" was a conflict');
    this.#written += count;
    for (const event of outcome.events) this.appended(event);
  }

  async #notes(): Promise<{ notedTwice: number; notNoted: number }> {
    const events = await everything(this.store);
    const notes = events.filter(({ name }) => name === 'Noted').map(({ payload }) => (payload as { of: string }).of);
    const noted = new Set(notes);
    const notNoted = events.filter(({ name, id }) => name === 'Happened' && !noted.has(id)).length;
    return { notedTwice: notes.length - noted.size, notNoted };
  }
}

/** What must hold of what serving processes have made of events. */
export const processedFigures = (
  subject: Subject,
  { written, documents, notNoted, notedTwice }: Processed,
): Figure[] => [
  told(subject, 'events written', `${written}`),
  ...noDifferences(subject, documents, 'events', ' in documents'),
  none(subject, 'events without the effect of a reactor that dispatches', notNoted),
  none(subject, 'effects twice', notedTwice),
];
