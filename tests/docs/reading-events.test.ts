import { InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { listStreams } from 'eventuality/store-kit';

const store = new InMemoryEventStore();

beforeAll(async () => {
  for (let n = 1; n <= 12; n++) {
    const stream = { aggregateName: n % 3 ? 'Order' : 'Invoice', aggregateId: `${n % 4}` };
    const name = n % 3 ? (n % 2 ? 'OrderPlaced' : 'OrderPaid') : 'InvoiceSent';
    await store.append([{ stream, expected: 'any', events: [{ name, payload: { n } }] }]);
  }
});
afterAll(() => store.close());

test('reads the events of some names, page by page', async () => {
  const found: RecordedEvent[] = [];
  // #region filter
  let after = 0n;
  for (;;) {
    const page = await store.readAll({ after, names: ['OrderPlaced', 'OrderPaid'], limit: 500 });
    if (page.length === 0) break;
    found.push(...page);
    after = page.at(-1)!.position;
  }
  // #endregion filter
  expect(found.map(({ position }) => position)).toEqual([1n, 2n, 4n, 5n, 7n, 8n, 10n, 11n]);
});

test('reads the last events first', async () => {
  // #region backward
  const last = await store.readAll({ aggregates: ['Order'], direction: 'backward', limit: 20 });
  const before = await store.readAll({ upTo: last.at(-1)!.position - 1n, direction: 'backward', limit: 20 });
  // #endregion backward
  expect(last[0]!.position).toBe(11n);
  expect(before).toEqual([]);
});

test('follows the events of some names', async () => {
  const controller = new AbortController();
  const paid: RecordedEvent[] = [];
  // #region follow
  for await (const page of store.subscribe({ names: ['OrderPaid'], signal: controller.signal })) {
    paid.push(...page);
    if (paid.length === 4) controller.abort();
  }
  // #endregion follow
  expect(paid.map(({ position }) => position)).toEqual([2n, 4n, 8n, 10n]);
});

test('lists the streams', async () => {
  const lines: string[] = [];
  // #region streams
  let page = await listStreams(store);
  while (page.length > 0) {
    for (const { aggregateName, aggregateId, version } of page)
      lines.push(`${aggregateName} ${aggregateId} ${version}`);
    page = await listStreams(store, { after: page.at(-1)! });
  }
  // #endregion streams
  expect(lines).toHaveLength(8);
  expect(lines[0]).toBe('Invoice 0 1');
});
