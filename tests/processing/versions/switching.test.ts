import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchedVersion, switchReaders } from '../../../src/processing/versions/switch';
import { happen, onEachStore, tally } from '../../support/processes';

onEachStore(processes => {
  /** Makes a version whose segments stand at these positions. */
  const standing = async (version: number, positions: readonly bigint[], sequenceBy = 'aggregate') => {
    const { projections } = processes().store;
    const made: SwitchedVersion = { version, segments: positions.length, sequenceBy };
    await projections.prepare({ ...made, name: 'tally', revision: 1, indexes: [], replayUntil: 0n });
    for (const [segment, to] of positions.entries()) {
      const checkpoint = { projection: 'tally', version, segment };
      const lease = await projections.leases.claim(checkpoint, { owner: 'test', duration: 60_000 });
      if (!lease.ok) throw new Error('no lease');
      await projections.commit({ checkpoint, from: 0n, to, fence: lease.fence, writes: [] });
    }
    return made;
  };

  const switched = async (read: readonly bigint[], filled: readonly bigint[], sequenceBy?: string): Promise<string> => {
    const { projections } = processes().store;
    const from = await standing(1, read);
    await projections.activate('tally', 1);
    const to = await standing(2, filled, sequenceBy);
    return switchReaders(projections, { name: 'tally', from, to, anyway: false });
  };

  test('readers are switched where each segment is as far as its counterpart', async () => {
    expect(await switched([5n, 9n], [6n, 9n])).toBe('switched');
  });

  test.each([
    ['one segment is behind its counterpart', [5n, 9n], [20n, 8n], undefined],
    ['there are other segments, one of which is behind', [5n, 9n], [9n, 8n, 9n], undefined],
    ['the segments divide the events in another way', [5n, 9n], [6n, 9n], 'type'],
  ])('readers are not switched where %s', async (_, read, filled, sequenceBy) => {
    expect(await switched(read, filled, sequenceBy)).toBe('behind');
  });

  test('readers are switched where there are other segments, and all are as far as the first one was', async () => {
    expect(await switched([5n, 9n], [9n, 10n, 9n])).toBe('switched');
  });

  test('a rebuild takes over while events come all the time', async () => {
    const projections = processes().start([tally({ segments: 4 })]);
    await projections.settled();
    let isOver = false;
    const appending = (async () => {
      for (let n = 0; !isOver; n++) {
        await happen(processes().store, [`thing-${n % 40}`]);
        await sleep(2);
      }
    })();
    await (await projections.of('tally').rebuild()).done;
    isOver = true;
    await appending;
    await projections.settled();
    expect((await processes().store.projections.versions('tally')).find(({ active }) => active)?.version).toBe(2);
  });
});
