import { LateDeadlines } from '../../../src/processing/processes/work/late-deadlines';

const deadline = (id: string) => ({
  ...{ process: 'p', instance: id, hash: 0, key: 'k', id, run: 1, dueAt: 0, held: false },
});

test('a segment that is always a little behind lets deadlines fire all the same', () => {
  const late = new LateDeadlines();
  const fired: string[] = [];
  // Each look finds the same deadline again, and another one; the events are always ahead of the segment.
  for (let look = 1; look <= 5; look++) {
    const [head, position] = [BigInt(look * 100), BigInt(look * 100 - 50)];
    const found = Array.from({ length: look }, (_, n) => deadline(`${n + 1}`)).filter(({ id }) => !fired.includes(id));
    const unknown = late.unknown(found);
    if (unknown.length > 0) late.add(head, unknown);
    expect(late.mayFire(position)).toBe(look > 1);
    fired.push(...late.ready(position).map(({ id }) => id));
    late.fired(position);
  }
  expect(fired).toEqual(['1', '2', '3', '4']);
  expect(late.isEmpty).toBe(false);
});

test('a deadline waits until the segment has come to where the events went', () => {
  const late = new LateDeadlines();
  late.add(10n, [deadline('1')]);
  expect(late.ready(9n)).toEqual([]);
  expect(late.ready(10n)).toEqual([deadline('1')]);
  expect(late.isEmpty).toBe(false);
  late.fired(10n);
  expect(late.isEmpty).toBe(true);
});
