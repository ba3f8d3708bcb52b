import type { Pool, PoolClient } from 'pg';
import type { PostgresEventStore } from '../../src/postgres';
import { following, happened, pause, range, TestSchema, to, until } from './database';

const schema = new TestSchema(__filename);
const DURATION = 2000;
const ROLLED_BACK = 0.02;

const anywhere = (): string => `stream-${Math.floor(Math.random() * 200)}`;

/** Appends until the time is over, now and then several events, through the store. */
async function write(store: PostgresEventStore, deadline: number): Promise<void> {
  while (Date.now() < deadline) {
    await store.append([to(anywhere(), 'any', ...range(1, 1 + Math.floor(Math.random() * 3)).map(n => happened({ n })))]);
  }
}

/** Opens a transaction of its own, does what business does, appends, and takes its time; some are rolled back. */
async function transact(store: PostgresEventStore, client: PoolClient, held: number): Promise<void> {
  await client.query('BEGIN');
  await client.query('INSERT INTO orders DEFAULT VALUES');
  await store.within(client).append([to(`own-${anywhere()}`, 'any')]);
  await pause(held);
  await store.within(client).append([to(`own-${anywhere()}-2`, 'any', happened(), happened())]);
  await client.query(Math.random() < ROLLED_BACK ? 'ROLLBACK' : 'COMMIT');
}

async function transactAll(store: PostgresEventStore, pool: Pool, deadline: number): Promise<void> {
  const client = await pool.connect();
  await client.query(`SET search_path TO "${schema.name}"`);
  while (Date.now() < deadline) await transact(store, client, Math.random() * 15).catch(() => client.query('ROLLBACK'));
  client.release(true);
}

/** The reader that everybody writes first: it goes on after the highest position it has seen. */
async function readNaively(seen: Set<string>, isOver: () => boolean): Promise<void> {
  const table = `"${schema.name}".eventuality_events`;
  for (let checkpoint = '0', over = false; !over; ) {
    over = isOver();
    const rows = await schema.sql(`select position from ${table} where position > $1 order by position limit 1000`, [checkpoint]);
    for (const { position } of rows) seen.add(position);
    checkpoint = rows.at(-1)?.position ?? checkpoint;
    await pause(1);
  }
}

test('a follower skips nothing and sees nothing out of order; a reader that only remembers its position skips', async () => {
  const stores = [schema.open(), schema.open(), schema.open()];
  await stores[0]!.ready();
  await schema.sql(`create table "${schema.name}".orders (id serial)`);
  const pool = schema.pool({ max: 4 });
  const followers = [following(stores[0]!), following(stores[2]!)];
  const naive = new Set<string>();
  const deadline = Date.now() + DURATION;
  let over = false;
  const reading = readNaively(naive, () => over);
  const stuck = await schema.client();
  await stuck.query(`SET search_path TO "${schema.name}"`);
  await Promise.all([
    ...range(1, 20).map(n => write(stores[n % 2]!, deadline)),
    ...range(1, 4).map(() => transactAll(stores[2]!, pool, deadline)),
    pause(300).then(() => transact(stores[1]!, stuck, 900)),
  ]);
  over = true;
  await reading;

  const all: string[] = (await schema.sql(`select position from "${schema.name}".eventuality_events order by position`)).map(
    row => row.position,
  );
  await until(() => followers.every(seen => seen.length >= all.length), 'the followers have everything');
  for (const seen of followers) expect(seen.map(event => String(event.position))).toEqual(all);
  for (const seen of followers) expect(inversions(seen)).toBe(0);
  expect(all.length).toBeGreaterThan(500);
  // The negative control: what the horizon is for.
  expect(all.filter(position => !naive.has(position)).length).toBeGreaterThan(0);
}, 30_000);

/** Counts the events that came before an earlier version of their stream. */
function inversions(seen: readonly { aggregateId: string; version: number }[]): number {
  const versions = new Map<string, number>();
  let count = 0;
  for (const { aggregateId, version } of seen) {
    if (version !== (versions.get(aggregateId) ?? 0) + 1) count++;
    versions.set(aggregateId, version);
  }
  return count;
}
