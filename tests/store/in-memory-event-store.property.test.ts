import { InMemoryEventStore } from '../../src/store';
import { answersAsTheModel } from './event-store-model';

test('answers any sequence of appends and reads as a naive list would', async () => {
  await answersAsTheModel(() => new InMemoryEventStore(), 10_000);
}, 120_000);
