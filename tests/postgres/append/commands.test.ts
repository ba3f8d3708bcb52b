import type { PoolClient } from 'pg';
import { derivedId, newId } from '../../../src/messages';
import type { CommandClaim } from '../../../src/store';
import { happened, range, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const store = schema.open();
const other = schema.open();
let client: PoolClient;

beforeAll(async () => {
  await store.ready();
  client = await schema.client();
});

const claimOf = (id: string, more: Partial<CommandClaim> = {}): CommandClaim => ({
  ...{ id, fingerprint: 'Do(1)', token: newId(), lease: 60_000, keep: 60_000 },
  ...more,
});

async function claimed(id: string, more: Partial<CommandClaim> = {}): Promise<CommandClaim> {
  const claim = claimOf(id, more);
  await until(async () => (await store.commands.claim(claim)).state === 'claimed', `the claim of '${id}'`);
  return claim;
}

const eventOf = (id: string) => happened({}, { id: derivedId(id, 1) });

test('a command is recorded in the transaction of the caller, and holds when that does', async () => {
  for (const end of ['rollback', 'commit']) {
    const claim = await claimed(`within ${end}`);
    await client.query('begin');
    const outcome = await store.within(client).append([to(end, 'none', eventOf(end))], { command: claim });
    expect(await other.commands.claim(claimOf(claim.id))).toMatchObject({ state: 'running' });
    await client.query(end);
    const { state } = await other.commands.claim(claimOf(claim.id));
    expect([end, state]).toEqual([end, end === 'commit' ? 'done' : 'running']);
    expect(outcome.ok).toBe(true);
  }
});

test('no one waits for a transaction that has appended under a claim, be its lease over or not', async () => {
  const claim = await claimed('open', { lease: 1 });
  await client.query('begin');
  await store.within(client).append([to('open', 'none')], { command: claim });
  expect(await other.commands.claim(claimOf('open'))).toMatchObject({ state: 'running' });
  expect(await store.commands.renew(claim, 1000)).toBe(true);
  await client.query('commit');
  expect(await other.commands.claim(claimOf('open'))).toMatchObject({ state: 'done' });
});

test('a claim that is lost is refused in the transaction of the caller, which stays usable', async () => {
  const late = await claimed('lost', { lease: 1 });
  await claimed('lost');
  await client.query('begin');
  await expect(store.within(client).append([to('lost', 'none')], { command: late })).rejects.toMatchObject({
    code: 'CLAIM_LOST',
  });
  expect(await store.within(client).append([to('kept', 'none')])).toMatchObject({ ok: true });
  await client.query('commit');
  expect(await store.read(stream('lost'))).toEqual([]);
  expect(await store.read(stream('kept'))).toHaveLength(1);
});

test('known events are looked at in the transaction of the caller; a command that led to them is recorded there', async () => {
  const first = await store.append([to('known', 'none', eventOf('known'))]);
  const claim = await claimed('known');
  await client.query('begin');
  expect(await store.within(client).append([to('known', 'none', eventOf('known'))], { command: claim })).toEqual(first);
  const changed = [to('known', 'none', { ...eventOf('known'), payload: { n: 1 } })];
  await expect(store.within(client).append(changed)).rejects.toMatchObject({ code: 'DUPLICATE_EVENT' });
  await client.query('commit');
  expect(await other.commands.claim(claimOf('known'))).toMatchObject({
    state: 'done',
    result: { events: first.ok && first.events },
  });
});

test('in one batch commands, plain appends and lost claims go their own ways', async () => {
  const late = await Promise.all(range(1, 10).map(n => claimed(`batch ${n}`, { lease: 1 })));
  await Promise.all(late.map(({ id }) => claimed(id)));
  const sound = await Promise.all(range(11, 30).map(n => claimed(`batch ${n}`)));
  const appends = range(1, 40).map(n => {
    const command = [...late, ...sound][n - 1];
    const events = [to(`stream ${n % 8}`, 'any', happened({ n })), to(`own ${n}`, 'none', happened({ n }))];
    return store
      .append(events, command && { command })
      .then(outcome => (outcome.ok ? outcome.events.map(({ payload }) => payload) : outcome));
  });
  const settled = await Promise.allSettled(appends);
  for (const [index, each] of settled.entries()) {
    if (index < 10) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'CLAIM_LOST' } });
    else expect(each).toEqual({ status: 'fulfilled', value: [{ n: index + 1 }, { n: index + 1 }] });
  }
  for (const { id } of sound)
    expect(await other.commands.claim(claimOf(id))).toMatchObject({ state: 'done', result: { events: [{}, {}] } });
  for (const { id } of late) expect(await other.commands.claim(claimOf(id))).toMatchObject({ state: 'running' });
});

test('appends without a command ask nothing about commands', async () => {
  const { pool, asked } = schema.recordingPool({ max: 2 });
  const plain = schema.open({ pool });
  await Promise.all(range(1, 20).map(n => plain.append([to(`plain ${n}`, 'none')])));
  await plain.append([to('plain 1', 1), to('plain 2', 'any')]);
  expect(asked.some(({ text }) => text.includes('append'))).toBe(true);
  expect(asked.filter(({ text }) => /_claim|_commands/.test(text))).toEqual([]);
});

test('claims of one moment are one statement, each with its own answer', async () => {
  const done = await claimed('done before');
  await store.append([to('done before', 'none', eventOf('done before'))], { command: done });
  const running = await claimed('running before');
  const { pool, asked } = schema.recordingPool();
  const counted = schema.open({ pool });
  await counted.ready();
  const [first, second] = [claimOf('one of many'), claimOf("'two', {of} many")];
  const claims = [first, claimOf(done.id), second, claimOf(running.id, { fingerprint: 'Do(2)' })];
  const answers = await Promise.all(claims.map(claim => counted.commands.claim(claim)));
  expect(answers).toMatchObject([
    ...[{ state: 'claimed' }, { state: 'done', fingerprint: 'Do(1)', result: { aggregateId: 'done before' } }],
    ...[{ state: 'claimed' }, { state: 'running', fingerprint: 'Do(1)' }],
  ]);
  expect(asked.filter(({ text }) => text.includes('_claim'))).toHaveLength(1);
  expect(await store.commands.renew(second, 1000)).toBe(true);
});

test('expired commands are found without reading those that are kept', async () => {
  const { pool, asked } = schema.recordingPool();
  const keeping = schema.open({ pool, tablePrefix: 'keeping_' });
  await keeping.ready();
  await schema.sql(`insert into "${schema.name}".keeping_commands
      (command_id, fingerprint, token, lease, keep, held_until, expires_at, event_ids)
    select 'kept ' || n, 'Do(1)', 't', 1000, 1000, now() + interval '1 day', now() + interval '1 day', '{}'
    from generate_series(1, 20000) n`);
  await keeping.commands.claim(claimOf('first'));
  const isForgetting = ({ text }: { text: string }): boolean => /^delete from .*commands/.test(text);
  await until(async () => asked.some(isForgetting), 'expired commands are looked for');
  const { text, values } = asked.find(isForgetting)!;
  const [row] = await schema.sql(`explain (analyze, buffers, format json) ${text}`, values);
  const { Plan } = row!['QUERY PLAN'][0];
  expect(Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']).toBeLessThan(20);
});

test('of two stores that claim the same commands in different orders, one owns each command', async () => {
  for (const round of range(1, 10)) {
    const ids = range(1, 100).map(n => `shared ${round} ${n}`);
    const claim = (by: typeof store, id: string) => by.commands.claim(claimOf(id));
    const [ones, others] = await Promise.all([
      Promise.all(ids.map(id => claim(store, id))),
      Promise.all(ids.toReversed().map(id => claim(other, id))).then(answers => answers.toReversed()),
    ]);
    for (const [place, { state }] of ones.entries())
      expect([state, others[place]!.state].sort()).toEqual(['claimed', 'running']);
  }
});
