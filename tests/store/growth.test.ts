import { newId } from '../../src/messages';
import { InMemoryEventStore } from '../../src/store';
import { leastRatio, median, timed } from '../support/ratios';

const BATCH = 400;
const BATCHES = 15;

async function appendTo(store: InMemoryEventStore, aggregateId: string): Promise<void> {
  await store.append([
    {
      stream: { aggregateName: 'Thing', aggregateId },
      expected: 'any',
      events: [{ name: 'Happened', payload: {}, id: newId() }],
    },
  ]);
}

async function storeOf(streams: number): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  for (let n = 0; n < streams; n++) await appendTo(store, `${n}`);
  return store;
}

/** The median time of a batch of appends, half of them to streams that exist and half to new ones. */
async function batchTime(store: InMemoryEventStore, streams: number): Promise<number> {
  const append = async (batch: number): Promise<void> => {
    for (let n = 0; n < BATCH; n++) await appendTo(store, n % 2 ? `${(n * 7919) % streams}` : `new ${batch} ${n}`);
  };
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) times.push(await timed(() => append(batch)));
  return median(times);
}

async function ratio(): Promise<number> {
  const [small, large] = [await storeOf(400), await storeOf(40_000)];
  const cost = await batchTime(small, 400);
  return (await batchTime(large, 40_000)) / cost;
}

test('an append costs about the same with 40,000 streams as with 400', async () => {
  expect(await leastRatio(3, ratio)).toBeLessThan(3);
}, 60_000);
