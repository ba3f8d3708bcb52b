import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../../src/messages';
import type { EventStore } from '../../../src/store';
import { counting } from '../../support/counting';
import { assignment, openAt, type Where } from '../../support/stores/where';
import { projecting } from './projecting';

/** What the projecting process is to do. */
export interface Projecting {
  readonly where: Where;
  readonly segments: number;
  readonly leaseDuration: number;
  /** How long it takes for an event, in milliseconds. */
  readonly slow?: number;
  /** Takes pages as fast as the store gives them, and queues their events, as one might write it first. */
  readonly careless?: boolean;
}

const TELL_EVERY = 20;

/**
 * A program that runs a projection, and nothing else, until it is killed. It prints its progress from the first page
 * on.
 */
async function main({ where, segments, leaseDuration, slow, careless }: Projecting): Promise<void> {
  const store = openAt(where);
  const progress = new Progress();
  const handling = async (): Promise<void> => {
    progress.add();
    if (slow) await sleep(slow);
  };
  if (careless) return queueAll(store, progress, handling);
  projecting(store, counting('counts', { segments }, handling), { leaseDuration }).start();
  setInterval(() => progress.tell(), TELL_EVERY);
}

/** How far this process has come, and what memory it takes. */
class Progress {
  #handled = 0;
  #first: number | undefined;
  #most = 0;

  /** Counts an event that is about to be handled: before the first one a page was read. */
  add(): void {
    this.#handled++;
    this.#first ??= residentMegabytes();
  }

  /**
   * Prints how many events were handled, and the resident memory in megabytes: after the first page, and the most
   * since.
   */
  tell(): void {
    if (this.#first === undefined) return;
    this.#most = Math.max(this.#most, residentMegabytes());
    process.stdout.write(`${this.#handled} ${this.#first} ${this.#most}\n`);
  }
}

const residentMegabytes = (): number => process.memoryUsage.rss() / 2 ** 20;

async function queueAll(
  store: EventStore,
  progress: Progress,
  handling: (event: RecordedEvent) => Promise<void>,
): Promise<void> {
  const queue: RecordedEvent[] = [];
  let first = true;
  const handleNext = async (): Promise<void> => {
    for (let event = queue.shift(); event; event = queue.shift()) await handling(event);
  };
  for await (const page of store.subscribe()) {
    queue.push(...page);
    if (first) void handleNext();
    first = false;
    progress.tell();
  }
}

main(assignment<Projecting>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
