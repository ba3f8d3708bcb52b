import type { EventProcessorDefinition, EventProcessors } from '../../../src/processing';
import type { ReadModelVersion } from '../../../src/store';
import { happen, noting, onEachStore, RETRY, type Tally, tally } from '../../support/processes';
import { pause, until } from '../../support/waiting';

/** Code of a version: what its handlers make of events tells it from the other. */
const code = (version: number, handle: (text: string) => unknown = () => undefined, options: object = {}) =>
  tally({ version, ...options }, handle);

onEachStore(processes => {
  const versions = (): Promise<readonly ReadModelVersion[]> => processes().store.projections.versions('tally');
  const active = async (): Promise<ReadModelVersion | undefined> => (await versions()).find(version => version.active);
  const isRead = (revision: number) => until(async () => (await active())?.revision === revision);
  const stateOf = async (process: EventProcessors): Promise<string> => (await process.of('tally').status()).state;
  const read = async (id: string): Promise<Tally | undefined> => {
    const version = (await active())!.version;
    return (await processes().store.projections.get('tally', version, [id])).get(id) as Tally | undefined;
  };

  /** A process that has settled on one event, with this code. */
  const settledOn = async (definition: EventProcessorDefinition): Promise<EventProcessors> => {
    await happen(processes().store, ['a']);
    const process = processes().start([definition]);
    await process.settled();
    return process;
  };

  /** An old process, and a newer one whose version is read in place of its own. */
  const deployed = async (newerCode = code(2)): Promise<{ old: EventProcessors; newer: EventProcessors }> => {
    const old = await settledOn(code(1));
    const newer = processes().start([newerCode]);
    await isRead(2);
    return { old, newer };
  };

  const startedBeside = async (definition: EventProcessorDefinition): Promise<EventProcessors> => {
    const process = processes().start([definition]);
    await until(async () => (await versions()).length === 2);
    return process;
  };

  test('an old process that starts again beside newer code fills a version of its own, and leaves readers the newer one', async () => {
    const { store } = processes();
    const { old, newer } = await deployed();
    await old.close();
    const again = await startedBeside(code(1));
    await until(async () => (await again.of('tally').status()).rebuild?.done === 1);
    // Caught up, it stays beside: each of these waits is a look of it and more.
    for (let n = 0; n < 3; n++) await again.waitFor(await happen(store, ['a']));
    await until(async () => (await again.of('tally').status()).rebuild?.done === 4);
    expect(await active()).toMatchObject({ version: 2, revision: 2 });
    expect([await stateOf(again), await stateOf(newer)]).toEqual(['filling', 'following']);
    await again.close();
    await newer.waitFor(await happen(store, ['a']));
    expect(await read('a')).toMatchObject({ count: 5 });
    expect(await stateOf(newer)).toBe('following');
  });

  test('when the last process of newer code has ended, the older code that fills beside takes its place, and nothing is missing', async () => {
    const { store } = processes();
    const newer = await settledOn(code(2));
    const older = await startedBeside(code(1));
    await newer.close();
    const position = await happen(store, ['a'], 'after');
    await isRead(1);
    await older.waitFor(position);
    expect(await read('a')).toEqual({ count: 2, last: 'after' });
    expect(await stateOf(older)).toBe('following');
    // The version that was replaced is dropped after the switch.
    await until(async () => (await versions()).length === 1);
    expect(await versions()).toMatchObject([{ revision: 1, active: true }]);
  });

  test('an idle process takes over when the processes with the code that superseded it have ended', async () => {
    const { store } = processes();
    const { old, newer } = await deployed();
    await until(async () => (await stateOf(old)) === 'superseded');
    await newer.close();
    const position = await happen(store, ['a'], 'after');
    await isRead(1);
    await old.waitFor(position);
    expect(await read('a')).toEqual({ count: 2, last: 'after' });
    expect(await stateOf(old)).toBe('following');
  });

  describe('with leases of ten minutes', () => {
    const LONG = { leaseDuration: 600_000 };
    const OTHER = { owner: 'another process', duration: LONG.leaseDuration };
    const start = (version: number, options: object = {}): EventProcessors =>
      processes().start([code(version, undefined, options)], LONG);
    const leases = () => processes().store.projections.leases;

    /** Newer code that has settled on one event, in as many processes, and older code that is idle beside it. */
    const superseded = async (options: object = {}): Promise<{ newer: EventProcessors; older: EventProcessors }> => {
      await happen(processes().store, ['a']);
      const older = start(1, options);
      await older.settled();
      const newer = start(2, options);
      await isRead(2);
      await until(async () => (await stateOf(older)) === 'superseded');
      await newer.settled();
      return { newer, older };
    };

    /** Long enough for several looks of each process. */
    const stays = async (number: number): Promise<void> => {
      const begun = performance.now();
      while (performance.now() - begun < 1200) {
        expect(await versions()).toMatchObject([{ version: number, active: true }]);
        await pause(50);
      }
    };

    test.each([1, 3])('older code takes over from newer code that has closed, with %i segments', async segments => {
      const { newer, older } = await superseded({ segments });
      await newer.close();
      await isRead(1);
      await older.waitFor(await happen(processes().store, ['a'], 'after'));
      expect(await read('a')).toEqual({ count: 2, last: 'after' });
    });

    test('it takes over when the last of two processes with newer code has closed, not before', async () => {
      const { newer } = await superseded();
      const standby = start(2);
      await until(async () => (await leases().members('tally', 2)).length === 2);
      await newer.close();
      await stays(2);
      await standby.waitFor(await happen(processes().store, ['a']));
      await standby.close();
      await isRead(1);
    });

    test('a process that stands by keeps older code from taking over, though it has not claimed the segment yet', async () => {
      const { newer } = await superseded();
      await leases().join('tally', 2, OTHER);
      await newer.close();
      await stays(2);
      await leases().leave('tally', 2, OTHER.owner);
      await isRead(1);
    });

    test('a version that no process has claimed yet is not taken for one that all have left', async () => {
      const { store } = processes();
      await superseded();
      const { version, replayUntil } = (await active())!;
      await store.projections.prepare({ name: 'tally', version: version + 1, revision: 3, indexes: [], replayUntil });
      await store.projections.activate('tally', version + 1);
      await store.projections.drop('tally', version);
      await stays(version + 1);
      const segment = { projection: 'tally', version: version + 1, segment: 0 };
      const lease = await leases().claim(segment, OTHER);
      if (!lease.ok) throw new Error('it is claimed');
      await stays(version + 1);
      await leases().release(segment, { owner: OTHER.owner, fence: lease.fence });
      await until(async () => (await active())!.revision < 3);
    });
  });

  test('newer code whose version was replaced while it gave no sign of life takes its place again', async () => {
    const { store } = processes();
    const newer = await settledOn(code(2));
    const older = await startedBeside(code(1));
    // As if it had been frozen for longer than its lease, and older code had switched meanwhile.
    const filled = (await versions()).at(-1)!.version;
    await store.projections.activate('tally', filled);
    await store.projections.drop('tally', filled - 1);
    await isRead(2);
    expect((await active())!.version).toBeGreaterThan(filled);
    await until(async () => (await stateOf(older)) === 'superseded');
    await newer.waitFor(await happen(store, ['a']));
    expect(await read('a')).toMatchObject({ count: 2 });
  });

  test('of equal revisions the code that was started last is read; an idle one takes over when that has ended', async () => {
    const { store } = processes();
    const first = await settledOn(code(1));
    const second = processes().start([code(1, undefined, { indexes: ['count'] })]);
    await until(async () => (await active())?.indexes[0] === 'count');
    await until(async () => (await stateOf(first)) === 'superseded');
    await second.close();
    await until(async () => (await active())?.indexes.length === 0);
    await first.waitFor(await happen(store, ['a']));
    expect(await read('a')).toMatchObject({ count: 2 });
  });

  test('a process waits for the version that is read, whichever code follows it, and sees what is parked there', async () => {
    const { store } = processes();
    const failing = (text: string): unknown => (text === 'poison' ? Promise.reject(new Error('no')) : undefined);
    const { old, newer } = await deployed(code(2, failing));
    await until(async () => (await stateOf(old)) === 'superseded');
    const looking = processes().start([code(1)], { follow: false });
    const position = await happen(store, ['a'], 'poison');
    for (const process of [old, looking]) await process.waitFor(position);
    const attempts = async (): Promise<number> => (await newer.of('tally').deadLetters())[0]!.attempts;
    await until(async () => (await attempts()) === RETRY.attempts);
    for (const process of [old, looking]) {
      expect(await process.of('tally').status()).toMatchObject({
        state: 'superseded',
        activeVersion: 2,
        position,
        parked: [{ events: 1 }],
      });
      expect(await process.of('tally').deadLetters()).toMatchObject([{ position, sequence: 'Thing/a' }]);
      expect(await process.of('tally').retry()).toBe(1);
    }
    await until(async () => (await attempts()) > RETRY.attempts);
    expect(await old.of('tally').discard()).toBe(1);
    expect(await newer.of('tally').deadLetters()).toEqual([]);
  });

  test('right after the start a process has parked sequences tried, though it has not looked yet', async () => {
    const { store } = processes();
    const failing = processes().start([code(1, () => Promise.reject(new Error('no')))]);
    await happen(store, ['a']);
    await failing.settled();
    await failing.close();
    const mended = processes().start([code(1)]);
    expect(await mended.of('tally').deadLetters()).toHaveLength(1);
    expect(await mended.of('tally').retry()).toBe(1);
    await until(async () => (await read('a'))?.count === 1);
  });

  test('idle listeners take over from other segments, and repeat nothing', async () => {
    const { store } = processes();
    const notes: string[] = [];
    const one = processes().start([noting(notes)]);
    await one.ready();
    await happen(store, ['a'], 'one');
    await one.settled();
    const other = processes().start([noting(notes, { segments: 2 })]);
    await one.close();
    await until(async () => (await other.of('noting').status()).state === 'following');
    await other.waitFor(await happen(store, ['a', 'b'], 'two'));
    await other.close();
    expect(notes).toEqual(['one', 'two', 'two']);
  });

  test('where all that is stored of a projection is gone, the process says so and begins again', async () => {
    const { store } = processes();
    const told: unknown[] = [];
    const lines: string[] = [];
    const logger = { error: (_: object, line: string) => void lines.push(line), warn: () => undefined };
    await happen(store, ['a', 'b']);
    const process = processes().start([code(1)], {
      logger,
      onError: (error, context) => void told.push([error, context]),
    });
    await process.settled();
    await store.projections.drop('tally', 1);
    await until(async () => told.length > 0);
    await until(async () => (await active()) !== undefined && (await read('a'))?.count === 1);
    await process.waitFor(await happen(store, ['a']));
    expect(await read('a')).toMatchObject({ count: 2 });
    expect(await stateOf(process)).toBe('following');
    expect(told).toMatchObject([
      [
        { code: 'VERSIONS_LOST', projection: 'tally' },
        { kind: 'projection', name: 'tally' },
      ],
    ]);
    expect(lines).toContain("The projection 'tally' failed; it begins again.");
  });
});
