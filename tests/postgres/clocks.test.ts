import { to } from '../support/events';
import { CuttingProxy } from '../support/proxies/cutting-proxy';
import { TestSchema, url } from '../support/stores/schema';
import { pause } from '../support/waiting';

const schema = new TestSchema(__filename);
const HOUR = 3_600_000;

afterEach(() => jest.restoreAllMocks());

test('retryFor keeps its length when the clock is set back meanwhile', async () => {
  const proxy = new CuttingProxy(url, () => 0);
  await proxy.start();
  const store = schema.open({ connectionString: proxy.url('clocks'), tablePrefix: 'retried_', retryFor: 1000 });
  await store.append([to('a', 'none')]);
  await proxy.stop();
  // With an hour more the test would not end.
  const failing = expect(store.append([to('a', 'any')])).rejects.toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
  await pause(100);
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() - HOUR);
  await failing;
});

test('when the clock of the server is set back, a lease has run out and its owner may renew it', async () => {
  const { projections } = schema.open({ tablePrefix: 'leases_' });
  const { leases } = projections;
  await projections.prepare({ name: 'things', version: 1, indexes: [] });
  const segment = { projection: 'things', version: 1, segment: 0 };
  const [one, other] = ['one', 'other'].map(owner => ({ owner, duration: 60_000 }));
  const setBack = () =>
    schema.sql(`update "${schema.name}".leases_leases set lease_until = lease_until + interval '1 hour'`);
  const first = await leases.claim(segment, one!);
  const fence = first.ok ? first.fence : 0n;
  await setBack();
  expect(await leases.segments('things', 1)).toEqual([
    { segment: 0, position: 0n, owner: undefined, freeIn: 0, released: false },
  ]);
  expect(await leases.claim(segment, one!)).toMatchObject({ ok: true, fence });
  await setBack();
  expect(await leases.claim(segment, other!)).toMatchObject({ ok: true, fence: fence + 1n });
  expect(await leases.claim(segment, one!)).toMatchObject({ ok: false, owner: 'other' });
});
