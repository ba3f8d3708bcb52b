import { newId } from '../../src/messages';
import { sqlite } from '../../src/sqlite';

const STREAMS = 5;
const CONCURRENT = 8;

/**
 * A program that appends to a few streams and prints the id of each event that was acknowledged: `<file> <how many> [careless]`.
 * When it is careless, it prints the id before: what the tests must notice when the process is killed.
 */
async function main([file, total, careless]: string[]): Promise<void> {
  const store = sqlite(file!);
  let left = Number(total);
  const write = async (): Promise<void> => {
    while (left-- > 0) {
      const id = newId();
      if (careless) process.stdout.write(`${id}\n`);
      const stream = { aggregateName: 'Thing', aggregateId: `${left % STREAMS}` };
      const outcome = await store.append([{ stream, expected: 'any', events: [{ name: 'Happened', id, payload: { pid: process.pid } }] }]);
      if (!outcome.ok) throw new Error('"any" was a conflict');
      if (!careless) process.stdout.write(`${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, write));
  await store.close();
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exitCode = 1;
});
