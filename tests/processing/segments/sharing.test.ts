import { segmentOf } from '../../../src/processing/definition/sequence';
import type { SegmentLeases } from '../../../src/store';
import { happen, onEachStore, type Processes, type Tally, tally } from '../../support/processes';
import { pause, until } from '../../support/waiting';

/** The same object, but for some of its properties. */
const instead = <T extends object>(object: T, properties: Partial<T>): T =>
  new Proxy(object, {
    get(target, key) {
      const value = key in properties ? properties[key as keyof T] : target[key as keyof T];
      return typeof value === 'function' && !(key in properties) ? value.bind(target) : value;
    },
  });

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `thing-${n}`);

test('the segment of a sequence never changes: versions in stores rely on it', () => {
  expect(['Todo/1', 'Todo/2', 'Todo/3', 'all', 'ä/💡'].map(key => segmentOf(key, 16))).toEqual([14, 7, 4, 14, 5]);
  const counts = new Array(8).fill(0);
  for (let n = 0; n < 8000; n++) counts[segmentOf(`Todo/${n}`, 8)]++;
  expect(Math.min(...counts)).toBeGreaterThan(850);
});

onEachStore(processes => {
  const ownersOf = async (all: Processes): Promise<(string | undefined)[]> =>
    (await all.store.projections.leases.segments('tally', 1))
      .filter(({ segment }) => segment < 256)
      .map(({ owner }) => owner);
  const counts = async (count: number): Promise<number[]> =>
    [...(await processes().store.projections.get('tally', 1, ids(count))).values()].map(each => (each as Tally).count);

  test('segments are shared evenly: a new process takes some over without a stop, and gives them back at its end', async () => {
    const { store } = processes();
    const first = processes().start([tally({ segments: 6 })]);
    await until(
      async () => new Set(await ownersOf(processes())).size === 1 && !(await ownersOf(processes())).includes(undefined),
    );
    let writing = true;
    const written = (async () => {
      let rounds = 0;
      for (; writing; rounds++) {
        await happen(store, ids(20), `${rounds}`);
        await new Promise(resolve => setImmediate(resolve));
      }
      return rounds;
    })();
    const [second, third] = [1, 2].map(() => processes().start([tally({ segments: 6 })]));
    await until(async () => evenly(await ownersOf(processes()), 3));
    await third!.close();
    await until(async () => evenly(await ownersOf(processes()), 2));
    writing = false;
    const rounds = await written;
    await Promise.all([first.settled(), second!.settled()]);
    expect(await counts(20)).toEqual(new Array(20).fill(rounds));
  });

  test('a process that has only looked in does not disturb: with one segment the first keeps it', async () => {
    const { store } = processes();
    const first = processes().start([tally()]);
    await until(async () => (await ownersOf(processes()))[0] !== undefined);
    const [owner] = await ownersOf(processes());
    const second = processes().start([tally()]);
    await happen(store, ids(5));
    await Promise.all([first.settled(), second.settled()]);
    expect(await ownersOf(processes())).toEqual([owner]);
    await first.close();
    await until(async () => ![undefined, owner].includes((await ownersOf(processes()))[0]));
    await happen(store, ids(5));
    await second.settled();
    expect(await counts(5)).toEqual([2, 2, 2, 2, 2]);
  });

  test('a process that has lost its lease does not follow the segment anew while its old processor is still at an event', async () => {
    const { store } = processes();
    let isAway = false;
    const { leases } = store.projections;
    const claim: SegmentLeases['claim'] = (...given) =>
      isAway ? Promise.reject(new Error('the store is away')) : leases.claim(...given);
    const projections = instead(store.projections, { leases: instead(leases, { claim }) });
    let taken = 0;
    let goOn = (): void => undefined;
    const held = new Promise<void>(resolve => (goOn = resolve));
    const slow = tally({}, () => {
      taken++;
      return held;
    });
    const running = processes().start([slow], { eventStore: instead(store, { projections }) });
    await happen(store, ['thing-0']);
    await until(async () => taken === 1);
    isAway = true;
    await pause(800);
    isAway = false;
    await pause(400);
    expect(taken).toBe(1);
    goOn();
    await running.settled();
    expect(await counts(1)).toEqual([1]);
  });

  test('a process whose renewal and commit are refused at once takes the segment again when it is free', async () => {
    const { store } = processes();
    const { leases } = store.projections;
    const segment = { projection: 'tally', version: 1, segment: 0 };
    let renewing = 0;
    let answer: Promise<void> | undefined;
    const claim: SegmentLeases['claim'] = async (...given) => {
      if (answer) renewing++;
      await answer;
      return leases.claim(...given);
    };
    let refused = false;
    const commit: typeof store.projections.commit = async page => {
      const outcome = await store.projections.commit(page);
      refused ||= !outcome.ok && outcome.fenced === true;
      return outcome;
    };
    const projections = instead(store.projections, { commit, leases: instead(leases, { claim }) });
    const running = processes().start([tally()], { eventStore: instead(store, { projections }) });
    await happen(store, ['thing-0']);
    await running.settled();
    let goOn = (): void => undefined;
    answer = new Promise<void>(resolve => (goOn = resolve));
    await until(async () => renewing > 0);
    const other = { owner: 'another process', duration: 1 };
    await until(async () => (await leases.claim(segment, other)).ok);
    await happen(store, ['thing-0']);
    await until(async () => refused);
    await pause(100);
    answer = undefined;
    goOn();
    await running.settled();
    expect(await counts(1)).toEqual([2]);
  });

  test('each sequence keeps its order in its segment, and each event takes effect once', async () => {
    const { store } = processes();
    const seen = new Map<string, string[]>();
    const projections = [1, 2].map(() =>
      processes().start([
        tally({
          segments: 5,
          on: {
            async Happened({ text }, { event, documents }) {
              seen.set(event.aggregateId, [...(seen.get(event.aggregateId) ?? []), text]);
              const before = await documents.get(event.aggregateId);
              documents.set(event.aggregateId, { count: (before?.count ?? 0) + 1, last: text });
            },
          },
        }),
      ]),
    );
    for (let round = 0; round < 10; round++) await happen(store, ids(15), `${round}`);
    await Promise.all(projections.map(each => each.settled()));
    expect(await counts(15)).toEqual(new Array(15).fill(10));
    for (const texts of seen.values())
      expect([...new Set(texts)]).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });
});

/** As many segments for each of so many processes. */
function evenly(owners: readonly (string | undefined)[], count: number): boolean {
  const shares = new Map<string | undefined, number>();
  for (const owner of owners) shares.set(owner, (shares.get(owner) ?? 0) + 1);
  return shares.size === count && !shares.has(undefined) && new Set(shares.values()).size === 1;
}
