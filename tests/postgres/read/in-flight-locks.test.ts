import { createHash } from 'node:crypto';
import { following, range, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);

/** How stores were told apart before, by 14 bits. */
const bits = (prefix: string): number =>
  createHash('sha256').update(['in-flight', schema.name, prefix].join('\0')).digest().readUInt16BE(0) & 0x3fff;

/** Finds two prefixes that could not be told apart. */
function collidingPrefixes(): [string, string] {
  const seen = new Map<number, string>();
  for (let n = 0; ; n++) {
    const prefix = `tenant_${n}_`;
    const other = seen.get(bits(prefix));
    if (other) return [other, prefix];
    seen.set(bits(prefix), prefix);
  }
}

test('an open transaction of one store holds up no subscriber of another one in the same database', async () => {
  const [one, other] = collidingPrefixes().map(tablePrefix => schema.open({ tablePrefix }));
  await one!.ready();
  const seen = following(other!);
  const client = await schema.client();
  await client.query('begin');
  await one!.within(client).append([to('open', 'none')]);
  await other!.append([to('a', 'none')]);
  await until(() => seen.length === 1, 'the subscriber of the other store', 2000);
  await client.query('rollback');
});

test('advisory locks of the application hold up no subscriber', async () => {
  const store = schema.open({ tablePrefix: 'application_' });
  const seen = following(store);
  await store.ready();
  const client = await schema.client();
  await client.query('begin');
  for (const key of ['1', '7::bigint << 48', '(16384::bigint << 48) | 1', `hashtextextended('order', 0)`]) {
    await client.query(`select pg_advisory_xact_lock(${key})`);
  }
  await client.query('select pg_advisory_xact_lock($1, 1)', [20_000]);
  await store.append([to('a', 'none')]);
  await until(() => seen.length === 1, 'the event', 2000);
  await client.query('rollback');
});

test.each([2n ** 32n - 3n, 2n ** 33n - 3n, 2n ** 31n - 3n])('the order holds where positions pass %s', async start => {
  const prefix = `large_${start}_`;
  const store = schema.open({ tablePrefix: prefix });
  await store.ready();
  await schema.sql(`select setval('"${schema.name}".${prefix}positions', ${start})`);
  const seen = following(store);
  const client = await schema.client();
  for (const n of range(1, 6)) {
    await client.query('begin');
    await store.within(client).append([to(`early ${n}`, 'none')]);
    await store.append([to(`late ${n}`, 'none')]);
    const horizon = BigInt((await schema.sql(`select "${schema.name}".${prefix}horizon() as horizon`))[0].horizon);
    expect(horizon).toBe(start + 2n * BigInt(n - 1));
    expect((await store.readAll()).map(event => event.aggregateId)).not.toContain(`late ${n}`);
    await client.query('commit');
    await until(() => seen.length === 2 * n, 'both events', 2000);
  }
  expect(seen.map(event => event.position)).toEqual(range(1, 12).map(n => start + BigInt(n)));
});
