import { InMemoryEventStore } from 'eventuality';
import { ActiveVersions, activeOf } from '../../../src/processing';
import { type EventStore, HistoryReplacedError, KnownHistory, type ReadModelVersion } from '../../../src/store';
import { SILENT } from '../../support/logger';

const NAME = 'things';

afterEach(() => void jest.restoreAllMocks());

/** A store with one version that is read, and what a process knows of it; answers wait for `release` where told to. */
const knowing = async () => {
  const store: EventStore = new InMemoryEventStore();
  const projections = store.projections!;
  const history = new KnownHistory(store, { logger: SILENT });
  const waiting: (() => void)[] = [];
  const counted = { asked: 0, hold: false };
  const active = new ActiveVersions(
    {
      versions: async name => {
        counted.asked++;
        const versions = await projections.versions(name);
        if (counted.hold) await new Promise<void>(release => waiting.push(release));
        return versions;
      },
    },
    history,
  );
  const switched: string[] = [];
  active.whenSwitched(name => switched.push(`${name} ${activeOf(active.known(name))?.version}`));
  const activate = async (version: number): Promise<void> => {
    await projections.prepare({ name: NAME, version, indexes: [] });
    await projections.activate(NAME, version);
  };
  return { active, activate, counted, history, switched, waiting };
};

const numberOf = (versions: readonly ReadModelVersion[] | undefined): number | undefined => activeOf(versions)?.version;

test('those who ask by age share an answer, until it is forgotten, another look is made, or its time is over', async () => {
  const { active, activate, counted } = await knowing();
  await activate(1);
  const answers = await Promise.all([active.current(NAME), active.current(NAME), active.current(NAME)]);
  expect([new Set(answers).size, counted.asked]).toEqual([1, 1]);
  await activate(2);
  expect(numberOf(await active.current(NAME))).toBe(1);
  expect(numberOf(await active.look(NAME))).toBe(2);
  expect(numberOf(await active.current(NAME))).toBe(2);
  await activate(3);
  active.forget(NAME);
  expect(numberOf(await active.current(NAME))).toBe(3);
  expect(counted.asked).toBe(3);
  jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 250);
  await active.current(NAME);
  expect(counted.asked).toBe(4);
});

test('that there is no version yet is not believed for any time', async () => {
  const { active, activate } = await knowing();
  expect(numberOf(await active.current(NAME))).toBeUndefined();
  await activate(1);
  expect(numberOf(await active.current(NAME))).toBe(1);
});

test('an answer that was asked for earlier and comes later does not replace a newer one', async () => {
  const { active, activate, counted, switched, waiting } = await knowing();
  await activate(1);
  counted.hold = true;
  const slow = active.look(NAME);
  await new Promise(setImmediate);
  counted.hold = false;
  await activate(2);
  await active.look(NAME);
  waiting[0]!();
  expect(numberOf(await slow)).toBe(1);
  expect([numberOf(active.known(NAME)), numberOf(await active.current(NAME))]).toEqual([2, 2]);
  expect(switched).toEqual(['things 2']);
});

test('tells once that another version is active, whichever part has looked', async () => {
  const { active, activate, switched } = await knowing();
  await active.look(NAME);
  expect(switched).toEqual([]);
  await activate(1);
  await active.current(NAME);
  await active.look(NAME);
  await activate(2);
  await Promise.all([active.look(NAME), active.look(NAME)]);
  expect(switched).toEqual(['things 1', 'things 2']);
});

test('where the events are others nothing is known any more, and what was asked for before is not taken for an answer', async () => {
  const { active, activate, counted, history, waiting } = await knowing();
  await activate(1);
  await active.look(NAME);
  counted.hold = true;
  const before = active.look(NAME);
  await new Promise(setImmediate);
  counted.hold = false;
  history.noticed(new HistoryReplacedError(1n, 'id'));
  waiting[0]!();
  await before;
  expect(active.known(NAME)).toBeUndefined();
  const { asked } = counted;
  await active.current(NAME);
  expect(counted.asked).toBe(asked + 1);
});

test('a failed look is not remembered', async () => {
  const { history } = await knowing();
  let fails = true;
  const active = new ActiveVersions(
    { versions: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve([])) },
    history,
  );
  await expect(active.current(NAME)).rejects.toThrow('away');
  fails = false;
  expect(await active.current(NAME)).toEqual([]);
});
