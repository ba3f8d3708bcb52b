import { sqlite } from '../../../src/adapters/sqlite';
import type { ProjectionTransaction } from '../../../src/store';

/** What the process is to do. */
export interface Inline {
  readonly file: string;
  /** How many transactions at once. */
  readonly writers: number;
  /** How many in all; without it, until the process is killed. */
  readonly total?: number;
}

const counter = { readModel: 'counter', version: 1, id: 'all' };
export const checkpoint = { projection: 'counter', version: 1, segment: 0 };

/** What an inline projection does: it appends, and counts all events that are not counted yet. */
export async function appendAndCount(transaction: ProjectionTransaction, aggregateId: string): Promise<bigint> {
  const from = await transaction.lock(checkpoint);
  await transaction.append([
    { stream: { aggregateName: 'Thing', aggregateId }, expected: 'any', events: [{ name: 'Happened', payload: {} }] },
  ]);
  const news = await transaction.readAll({ after: from });
  const { n = 0 } = ((await transaction.get('counter', 1, ['all'])).get('all') ?? {}) as { n?: number };
  const to = news.at(-1)!.position;
  await transaction.commit({ checkpoint, from, to, writes: [{ ...counter, document: { n: n + news.length } }] });
  return to;
}

/** A program that appends in transactions and prints the position of each event that was acknowledged. */
async function main({ file, writers, total = Number.POSITIVE_INFINITY }: Inline): Promise<void> {
  const store = sqlite(file);
  await store.projections.prepare({ name: 'counter', version: 1, indexes: [] });
  let started = 0;
  const write = async (): Promise<void> => {
    while (started < total) {
      const n = started++;
      const position = await store.projections.transaction(transaction => appendAndCount(transaction, `${n % 5}`));
      process.stdout.write(`${position}\n`);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  await store.close();
}

if (require.main === module) {
  main(JSON.parse(process.argv[2]!)).catch(error => {
    console.error(error);
    process.exitCode = 1;
  });
}
