import { CuttingProxy } from '../../support/proxies/cutting-proxy';
import { TestSchema, url } from '../../support/stores/schema';

const schema = new TestSchema(__filename);
const proxy = new CuttingProxy(url, Math.random);
beforeAll(() => proxy.start());
afterAll(() => proxy.stop());

test('pages of a projection take effect once when replies are lost', async () => {
  const store = schema.open({ connectionString: proxy.url('pages'), tablePrefix: 'pages_', retryFor: 20_000 });
  const { projections } = store;
  await projections.prepare({ name: 'sums', version: 1, indexes: ['sum'] });
  const cutsBefore = proxy.cuts;
  proxy.cutting = 0.1;
  const checkpoint = { projection: 'sums', version: 1, segment: 0 };
  let own = 0;
  let from = 0n;
  while (proxy.cuts < cutsBefore + 10 || from < 100n) {
    const { sum = 0 } = ((await projections.get('sums', 1, ['all'])).get('all') ?? {}) as { sum?: number };
    const writes = [{ readModel: 'sums', version: 1, id: 'all', document: { sum: sum + Number(from) + 1 } }];
    const outcome = await projections.commit({ checkpoint, from, to: from + 1n, writes });
    // Nothing else commits: if it finds the checkpoint moved, that was its own commit, whose reply was lost.
    if (!outcome.ok) expect(outcome.checkpoint).toBe(from + 1n);
    if (!outcome.ok) own++;
    from++;
  }
  proxy.cutting = 0;
  const last = Number(from);
  expect((await projections.find('sums', 1, { where: { sum: (last * (last + 1)) / 2 } })).items).toHaveLength(1);
  expect(await projections.checkpoint(checkpoint)).toBe(from);
  expect(own).toBeGreaterThan(0);
}, 60_000);
