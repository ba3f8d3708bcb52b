import { defineProjection, Flow } from 'eventuality';
import { happened } from '../../support/events';
import { BACKED_UP, type BackedUp } from '../../support/stores/backups';
import { until } from '../../support/waiting';
import { to } from '../events';

const [, make] = BACKED_UP.find(([name]) => name === 'in SQLite')!;
let place: BackedUp;
beforeEach(() => {
  place = make();
});
afterEach(() => place.end());

const ids = defineProjection<{ ids: string }>({
  name: 'ids',
  on: {
    async Happened({ id }: { id: string }, { documents }) {
      documents.set('all', { ids: `${(await documents.get('all'))?.ids ?? ''}${id}` });
    },
  },
});

test('a subscription ends with an error when an older backup is put in place, and a new one is given what is there', async () => {
  const store = place.open();
  await store.append(to('a'));
  await place.backUp();
  await store.append(to('b'));
  const pages = store.subscribe()[Symbol.asyncIterator]();
  expect((await pages.next()).value).toHaveLength(2);
  const next = pages.next();
  await place.restore();
  await expect(next).rejects.toMatchObject({ code: 'HISTORY_REPLACED', position: 2n });
  const anew = await store.subscribe()[Symbol.asyncIterator]().next();
  expect(anew.value).toMatchObject([{ aggregateId: 'a' }]);
});

test('a projection goes on from where the backup is, and says so', async () => {
  const store = place.open();
  const logged: string[] = [];
  const log = ({ error }: any): void => void logged.push(error.code);
  const flow = new Flow({ eventStore: store, processors: [ids], logger: { error: log, warn: log } });
  const append = async (id: string): Promise<void> => {
    const outcome = await store.append(to(id, 'any', happened({ id })));
    await flow.waitFor(outcome.ok ? outcome.events[0]!.position : 0n);
  };
  const all = async () => (await flow.readModel<{ ids: string }>('ids').get('all'))?.ids;
  await append('a');
  await until(
    async () => (await store.projections!.checkpoint({ projection: 'ids', version: 1, segment: 0 })) === 1n,
    'the checkpoint',
  );
  await place.backUp();
  for (const id of ['b', 'c']) await append(id);
  expect(await all()).toBe('abc');
  await place.restore();
  await until(() => logged.includes('HISTORY_REPLACED'), 'it is logged');
  for (const id of ['d', 'e', 'f']) await store.append(to(id, 'any', happened({ id })));
  await until(async () => (await all()) === 'adef', 'what is stored now');
  await flow.close();
});
