import { newId } from '../../../src/messages';
import { assignment, openAt, type Where } from '../../support/stores/where';

/** What the writing process is to do. */
export interface Writing {
  readonly where: Where;
  /** How many appends are on their way at once. */
  readonly writers: number;
  readonly streams: number;
  /** How many events in all; without it, until the process is killed. */
  readonly total?: number;
  /** Prints the id before the append: what the tests must notice when the process is killed. */
  readonly careless?: boolean;
}

/** A program that appends to a few streams and prints the id of each event that was acknowledged. */
async function main({ where, writers, streams, total = Number.POSITIVE_INFINITY, careless }: Writing): Promise<void> {
  const store = openAt(where);
  let written = 0;
  const write = async (): Promise<void> => {
    while (written < total) {
      const stream = { aggregateName: 'Thing', aggregateId: `${written++ % streams}` };
      const id = newId();
      if (careless) process.stdout.write(`${id}\n`);
      const outcome = await store.append([
        { stream, expected: 'any', events: [{ name: 'Happened', id, payload: { pid: process.pid } }] },
      ]);
      if (!outcome.ok) throw new Error('"any" was a conflict');
      if (!careless) process.stdout.write(`${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  await store.close();
}

main(assignment<Writing>()).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
