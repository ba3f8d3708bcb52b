import { Pool } from 'pg';
import { migrationSql, postgres } from '../../src/adapters/postgres';
import { TestSchema, url } from '../support/stores/schema';
import { until } from '../support/waiting';

const schema = new TestSchema(__filename);
const silent = (): void => {};

test('the examples of docs/postgres.md', async () => {
  process.env.DATABASE_URL = url;
  const pool = new Pool({ connectionString: url });
  const shop = schema.name;
  const orderId = 'order-1';
  await pool.query(`CREATE SCHEMA "${shop}"; CREATE TABLE "${shop}".orders (id text, paid boolean)`);

  // #region open
  const store = postgres({ connectionString: process.env.DATABASE_URL, schema: shop });
  await store.ready(); // connects, checks the server, creates the tables; otherwise the first call does so
  // #endregion open

  // #region within
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(`INSERT INTO "${shop}".orders VALUES ($1, true)`, [orderId]);
  const outcome = await store.within(client).append([
    {
      stream: { aggregateName: 'Order', aggregateId: orderId },
      expected: 'none',
      events: [{ name: 'OrderPaid', payload: {} }],
    },
  ]);
  await client.query(outcome.ok ? 'COMMIT' : 'ROLLBACK');
  client.release();
  // #endregion within

  const handled: string[] = [];
  const handle = (event: { name: string }): void => void handled.push(event.name);
  let checkpoint = 0n;
  const controller = new AbortController();
  const follow = async (): Promise<void> => {
    // #region follow
    for await (const page of store.subscribe({ after: checkpoint, signal: controller.signal })) {
      for (const event of page) handle(event);
      checkpoint = page.at(-1)!.position; // save it in the same transaction as the results of the events
    }
    // #endregion follow
  };
  const following = follow();
  await until(() => handled.length === 1, 'the event');
  controller.abort();
  await following;
  expect(handled).toEqual(['OrderPaid']);

  const print = silent as (sql: string) => void;
  // #region migration
  print(migrationSql({ schema: 'shop' }));
  // #endregion migration

  await store.close();
  await pool.end();
});
