import { defineProjection, type EventContext } from 'eventuality';
import { EventProcessors } from '../../../src/processing';
import type { ProjectionCommit } from '../../../src/store';
import { to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { TestSchema } from '../../support/stores/schema';
import { pause, until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const LONG = 60_000;
const LEASE_MS = 400;

const segment = (number: number) => ({ projection: 'things', version: 1, segment: number });
const claim = (number: number, owner = 'one') => ({ ...segment(number), owner, duration: LONG });

test('what another transaction holds keeps no other segment waiting', async () => {
  const [one, other] = [1, 2].map(() => schema.open({ tablePrefix: 'held_' }).projections);
  await one!.prepare({ name: 'things', version: 1, indexes: [], segments: 3 });
  await other!.versions('things');
  const taken = await one!.bulk!.claim([claim(0), claim(1), claim(2)]);
  const fences = taken.map(outcome => (outcome?.ok ? outcome.fence : 0n));
  const commit: ProjectionCommit = { checkpoint: segment(0), from: 0n, to: 1n, writes: [], fence: fences[0]! };
  await one!.transaction(async transaction => {
    expect(await transaction.commit(commit)).toEqual({ ok: true });
    const { bulk } = other!;
    // Each of these would wait here for the end of the transaction, and this for them.
    expect(await bulk!.claim([claim(0), claim(1)])).toEqual([undefined, { ok: true, fence: fences[1], position: 0n }]);
    const moves = [0, 1].map(number => ({ ...segment(number), from: 0n, to: 4n, fence: fences[number]! }));
    expect(await bulk!.pass(moves)).toEqual([undefined, { ok: true }]);
    const leases = [0, 2].map(number => ({ ...segment(number), owner: 'one', fence: fences[number]! }));
    expect(await bulk!.release(leases)).toEqual([false, true]);
    expect(await bulk!.join([segment(0)], { owner: 'one', duration: LONG })).toEqual([['one']]);
  });
  const [again] = await other!.bulk!.claim([claim(0), claim(1)]);
  expect(again).toEqual({ ok: true, fence: fences[0], position: 1n });
});

test('a version that is being dropped keeps no other version waiting', async () => {
  const store = schema.open({ tablePrefix: 'dropped_' }).projections;
  for (const version of [1, 2]) await store.prepare({ name: 'things', version, indexes: [] });
  const client = await schema.client();
  await client.query('begin');
  await client.query(`delete from "${schema.name}".dropped_read_models where version = 1`);
  const versions = [1, 2].map(version => ({ projection: 'things', version }));
  expect(await store.bulk!.join(versions, { owner: 'one', duration: LONG })).toEqual([undefined, ['one']]);
  const claims = versions.map(version => ({ ...version, segment: 0, owner: 'one', duration: LONG }));
  expect(await store.bulk!.claim(claims)).toEqual([undefined, expect.objectContaining({ ok: true })]);
  await client.query('rollback');
});

test('a commit that takes longer than a lease loses the segments of no other projection', async () => {
  const store = schema.open({ tablePrefix: 'slow_' });
  await store.ready();
  let release = (): void => undefined;
  const gate = new Promise<void>(resolve => (release = resolve));
  const slow = defineProjection({
    name: 'slow',
    on: { Happened: (_payload, { inTransaction }) => inTransaction(() => gate) },
  });
  const quick = [1, 2, 3].map(n =>
    defineProjection({ name: `quick-${n}`, segments: 2, on: { Else: () => undefined } }),
  );
  const processors = new EventProcessors({
    ...{ eventStore: store, definitions: [slow, ...quick], logger: SILENT, leaseDuration: LEASE_MS },
    eventContext: event => ({ event }) as EventContext,
  });
  await processors.ready();
  const fences = (): Promise<unknown[]> =>
    schema.sql(`select owner, fence from "${schema.name}".slow_leases
      where projection like 'quick%' and lease_until > now() order by projection, segment`);
  await until(async () => (await fences()).length === 6, 'all segments are followed');
  const before = await fences();
  await store.append([to('a', 'none')]);
  await pause(4 * LEASE_MS);
  expect(await fences()).toEqual(before);
  release();
  await processors.waitFor(1n);
  await processors.close();
});
