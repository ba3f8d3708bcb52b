import type { SqliteEventStore } from '../../../src/adapters/sqlite';
import { happened } from '../../support/events';
import { leastRatio, median, timed } from '../../support/ratios';
import { testFiles } from '../../support/stores/files';
import { to } from '../events';

const SMALL = 2_000;
const LARGE = 60_000;
const BATCH = 250;
const BATCHES = 15;

const files = testFiles();

/** Half of the appends go to streams that exist, half to new ones. */
async function append(store: SqliteEventStore, from: number, count: number, existing: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) =>
    n % 2 ? `${((from + n) * 7919) % existing}` : `new ${from + n}`,
  );
  await Promise.all(ids.map(id => store.append(to(id, 'any', happened({ id })))));
}

// Not durable: what is measured is the work for each append, not the disk of the machine.
async function storeOf(events: number): Promise<SqliteEventStore> {
  const store = files.store(files.path(), { synchronous: 'normal' });
  for (let from = 0; from < events; from += 1000) {
    await Promise.all(Array.from({ length: 1000 }, (_, n) => store.append(to(`${from + n}`))));
  }
  return store;
}

/** The median time of a batch of appends. */
async function batchTime(store: SqliteEventStore, events: number): Promise<number> {
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++)
    times.push(await timed(() => append(store, events + batch * BATCH, BATCH, events)));
  return median(times);
}

test('an append costs about the same with 60,000 events as with 2,000', async () => {
  const [small, large] = [await storeOf(SMALL), await storeOf(LARGE)];
  const ratio = async (): Promise<number> => {
    const cost = await batchTime(small, SMALL);
    return (await batchTime(large, LARGE)) / cost;
  };
  expect(await leastRatio(2, ratio)).toBeLessThan(2);
}, 120_000);
