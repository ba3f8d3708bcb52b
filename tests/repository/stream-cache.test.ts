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

describe('no more is kept than was asked for', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `id${index}`);
  const kept = (cache: StreamCache) => ids.flatMap(id => cache.get(id)?.events.length ?? []);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

  test.each([1, 2, 3, 4, 5, 10])('aggregates: max %i', max => {
    const cache = new StreamCache({ max });
    for (const id of ids) {
      cache.extend(id, events(id, 1, 1));
      expect(kept(cache).length).toBeLessThanOrEqual(max);
      expect(cache.get(id)?.events).toHaveLength(1);
    }
  });

  test.each([1, 2, 3, 7, 10, 50])('events of all aggregates: maxEvents %i', maxEvents => {
    const cache = new StreamCache({ maxEvents });
    for (const [index, id] of ids.entries()) {
      const length = (index * 7) % 12;
      cache.extend(id, events(id, 1, length));
      expect(sum(kept(cache))).toBeLessThanOrEqual(maxEvents);
      if (length > 0) expect(cache.get(id)?.events.length).toBe(length <= maxEvents ? length : undefined);
    }
  });

  test('one stream that grows until it is more than may be kept', () => {
    const cache = new StreamCache({ maxEvents: 5 });
    for (let version = 1; version <= 5; version++) {
      cache.extend('a', events('a', version, version));
      expect(cache.get('a')?.events).toHaveLength(version);
    }
    cache.extend('a', events('a', 6, 6));
    expect(cache.get('a')).toBeUndefined();
  });
});
