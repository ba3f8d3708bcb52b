import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryEventStore } from 'eventuality';
import { EventFeed } from '../../../src/processing/feed/event-feed';
import { range } from '../../support/events';
import { Random } from '../../support/random';

const NAMES = range(0, 5).map(n => `Name${n}`);

test.each(range(1, 12))(
  'readers of few events miss nothing and repeat nothing, whichever of them share a reading (seed %i)',
  async seed => {
    const random = new Random(seed);
    const every = [2, 20, 100, 1000][random.below(4)]!;
    const nameOf = (position: number): string => NAMES[position % every] ?? 'Common';
    const store = new InMemoryEventStore();
    const feed = new EventFeed(store);

    async function append(from: number, count: number): Promise<void> {
      const events = range(from, from + count - 1).map(n => ({ name: nameOf(n), payload: {} }));
      await store.append([{ stream: { aggregateName: 'Count', aggregateId: '1' }, expected: 'any', events }]);
    }

    async function read(): Promise<void> {
      await random.pause(40);
      const from = random.below(14_000);
      const wanted = new Set(NAMES.filter(() => random.below(3) === 0));
      const reader = feed.reader(BigInt(from), wanted);
      const found: number[] = [];
      while (reader.position < 20_000n) {
        const { events } = (await reader.next())!;
        found.push(...events.filter(({ name }) => wanted.has(name)).map(({ position }) => Number(position)));
        if (random.below(4) === 0) await sleep(random.below(5));
      }
      reader.close();
      expect(found).toEqual(range(from + 1, 20_000).filter(n => wanted.has(nameOf(n))));
    }

    await append(1, 15_000);
    const reading = Promise.all(range(1, 12).map(read));
    for (const round of range(0, 49)) {
      await append(15_001 + round * 100, 100);
      await new Promise(setImmediate);
    }
    await reading;
    await store.close();
  },
);
