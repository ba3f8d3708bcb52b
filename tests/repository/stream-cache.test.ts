import type { RecordedEvent } from '../../src/messages';
import { StreamCache } from '../../src/repository/stream-cache';
import { recordEvent } from '../../src/store';

/** Makes the events of a stream from one version to another. */
function events(id: string, from: number, to: number): RecordedEvent[] {
  const stream = { aggregateName: 'Thing', aggregateId: id };
  return Array.from({ length: to - from + 1 }, (_, index) =>
    recordEvent({ name: 'Happened', payload: {} }, stream, from + index, BigInt(index + 1), new Date(0).toISOString()),
  );
}

test('an entry that is used and extended while the generations change counts as a whole', () => {
  const cache = new StreamCache({ maxEvents: 20 });
  cache.extend('a', events('a', 1, 9));
  cache.extend('b', events('b', 1, 2));
  cache.extend('c', events('c', 1, 9));
  cache.extend('a', events('a', 10, 10));
  cache.extend('d', events('d', 1, 9));
  expect(cache.get('c')).toBeUndefined();
  expect(cache.get('a')?.events).toHaveLength(10);
});

test('events that do not follow on what is kept are not kept, nor what was', () => {
  const cache = new StreamCache();
  cache.extend('a', events('a', 1, 3));
  cache.extend('a', events('a', 5, 5));
  expect(cache.get('a')).toBeUndefined();
});
