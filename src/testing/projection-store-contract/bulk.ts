import assert from 'node:assert/strict';
import type { LeaseOutcome, ProjectionBulk, ProjectionStore, SegmentClaim } from '../../store';
import { commit, NAME, refused, type SceneCheck, schema, segment, until } from './fixtures';

const LONG = 60_000;
const SEGMENTS = 40;

const claim = (owner: string, more: Partial<SegmentClaim> = {}): SegmentClaim => ({
  ...{ projection: NAME, version: 1, segment: 0, owner, duration: LONG },
  ...more,
});
const claims = (owner: string): SegmentClaim[] =>
  Array.from({ length: SEGMENTS }, (_, number) => claim(owner, { segment: number }));

const version = (number: number, projection = NAME): { projection: string; version: number } => ({
  projection,
  version: number,
});

function fenceOf(outcome: LeaseOutcome | undefined): bigint {
  assert.ok(outcome?.ok, 'the segment was not given to its claimant');
  return outcome.fence;
}

/** A store that asks one by one has nothing to show here. */
const withBulk =
  (check: (bulk: ProjectionBulk, store: ProjectionStore) => Promise<void>): SceneCheck =>
  async ({ store }) => {
    if (store.bulk) await check(store.bulk, store);
  };

/** Asking for many segments and versions at once, where a store can. */
export const bulkChecks: Readonly<Record<string, SceneCheck>> = {
  'in bulk, claims each segment for itself': withBulk(async (bulk, store) => {
    await store.prepare(schema());
    await store.commit({ ...commit(0n, 7n), checkpoint: segment({ segment: 2 }) });
    const others = await store.leases.claim(segment({ segment: 1 }), { owner: 'other', duration: LONG });
    const own = await store.leases.claim(segment({ segment: 2 }), { owner: 'one', duration: LONG });
    const outcomes = await bulk.claim([
      ...[claim('one', { segment: 2, note: 'here' }), claim('one', { segment: 1 }), claim('one')],
      ...[claim('one', { version: 2 }), claim('one', { projection: 'unknown' })],
    ]);
    assert.equal(outcomes.length, 5);
    const [renewed, held, taken, ...unknown] = outcomes;
    assert.deepEqual(renewed, { ok: true, fence: fenceOf(own), position: 7n });
    assert.ok(held && !held.ok && held.owner === 'other' && held.freeIn > 0 && held.freeIn <= LONG, 'who has it');
    assert.ok(others.ok && taken?.ok && taken.position === 0n && taken.fence > 0n);
    assert.deepEqual(unknown, [undefined, undefined]);
    const states = await store.leases.segments(NAME, 1);
    assert.deepEqual(
      states.map(({ owner, note }) => [owner, note]),
      [
        ['one', undefined],
        ['other', undefined],
        ['one', 'here'],
      ],
    );
    assert.deepEqual(await bulk.claim([]), []);
  }),

  'in bulk, a segment that changes hands has a higher fence, and the position of its checkpoint': withBulk(
    async (bulk, store) => {
      await store.prepare(schema());
      const [given, late] = await bulk.claim([claim('one'), claim('one', { segment: 1, duration: 50 })]);
      await store.leases.release(segment(), { owner: 'one', fence: fenceOf(given) });
      await store.commit(commit(0n, 5n));
      let outcomes: readonly (LeaseOutcome | undefined)[] = [];
      await until('the lease of 50 ms has run out', async () => {
        outcomes = await bulk.claim([claim('two', { segment: 1 }), claim('two')]);
        return outcomes[0]?.ok === true;
      });
      assert.ok(fenceOf(outcomes[0]) > fenceOf(late), 'of a lease that has run out');
      assert.ok(fenceOf(outcomes[1]) > fenceOf(given), 'of a lease that was given back');
      assert.ok(outcomes[1]?.ok && outcomes[1].position === 5n, 'where the checkpoint stands');
    },
  ),

  'in bulk, gives each segment to one of several owners that claim all of them at once': withBulk(
    async (bulk, store) => {
      await store.prepare(schema());
      const owners = ['one', 'two', 'three'];
      const won = await Promise.all(owners.map(owner => bulk.claim(claims(owner))));
      const states = await store.leases.segments(NAME, 1);
      assert.equal(states.length, SEGMENTS);
      for (const { segment: number, owner } of states) {
        const winners = owners.filter((_, index) => won[index]![number]?.ok);
        assert.deepEqual(winners, [owner], `segment ${number}`);
      }
    },
  ),

  'in bulk, releases the segments of this owner with this fence, and no other': withBulk(async (bulk, store) => {
    await store.prepare(schema());
    const taken = await bulk.claim(claims('one').slice(0, 3));
    const fences = taken.map(fenceOf);
    const lease = (number: number, fence = fences[number]!, owner = 'one') => ({
      ...{ ...segment({ segment: number }), fence, owner },
    });
    const [released] = await bulk.release([lease(0), lease(1, fences[1]! + 1n), lease(2, fences[2]!, 'other')]);
    assert.equal(released, true);
    const states = await store.leases.segments(NAME, 1);
    assert.deepEqual(
      states.map(({ owner, released: isReleased }) => [owner, isReleased]),
      [
        [undefined, true],
        ['one', false],
        ['one', false],
      ],
    );
    assert.deepEqual(await store.commit({ ...commit(0n, 1n), fence: fences[0]! }), {
      ...{ ok: false, checkpoint: 0n, fenced: true },
    });
  }),

  'in bulk, joins the members of each version': withBulk(async (bulk, store) => {
    for (const each of [schema(), schema({ version: 2 }), schema({ name: 'other' })]) await store.prepare(each);
    await store.leases.join(NAME, 2, { owner: 'two', duration: LONG });
    await store.leases.join(NAME, 1, { owner: 'gone', duration: 1 });
    await until('its time is over', async () => (await store.leases.members(NAME, 1)).length === 0);
    const joined = await bulk.join([version(1), version(3), version(2), version(1, 'other')], {
      ...{ owner: 'one', duration: LONG },
    });
    const sorted = joined.map(owners => owners && [...owners].sort());
    assert.deepEqual(sorted, [['one'], undefined, ['one', 'two'], ['one']]);
    assert.deepEqual(await store.leases.members('other', 1), ['one']);
  }),

  'in bulk, leaves each version, and takes no other member along': withBulk(async (bulk, store) => {
    for (const each of [schema(), schema({ version: 2 }), schema({ name: 'other' })]) await store.prepare(each);
    const versions = [version(1), version(2), version(1, 'other')];
    for (const owner of ['one', 'two']) await bulk.join(versions, { owner, duration: LONG });
    const left = await bulk.leave([version(1), version(9), version(0, ''), version(1, 'other')], 'one');
    assert.equal(left.length, 4);
    assert.ok(left[0] && left[3], 'a version of a member is left');
    const members = await Promise.all(versions.map(each => store.leases.members(each.projection, each.version)));
    const sorted = members.map(owners => [...owners].sort());
    assert.deepEqual(sorted, [['two'], ['one', 'two'], ['two']]);
    assert.deepEqual(await bulk.leave([], 'one'), []);
  }),

  'in bulk, finds segments, parked sequences and versions as one by one': withBulk(async (bulk, store) => {
    for (const each of [schema(), schema({ version: 2, segments: 2 }), schema({ name: 'other' })])
      await store.prepare(each);
    await store.activate(NAME, 1);
    const letter = { sequence: 'a', position: 3n, error: 'Error: no', attempts: 2 };
    const later = { ...letter, position: 4n, error: undefined, attempts: 0 };
    await store.commit({ ...commit(0n, 4n), park: [letter, later] });
    await store.commit({ ...commit(0n, 4n), checkpoint: segment({ segment: 1 }), park: [] });
    await store.deadLetters.retry(version(1));
    const { leases, deadLetters } = store;
    await leases.claim(segment({ version: 2, segment: 1 }), { owner: 'one', duration: LONG, note: 'here' });
    const asked = [version(2), version(1), version(1, 'other'), version(9), version(0, '')];
    const states = await bulk.segments(asked);
    // The time that is left goes on between two looks.
    const timeless = (list: typeof states) => list.map(each => each.map(state => ({ ...state, freeIn: 0 })));
    const one = await Promise.all(asked.map(each => leases.segments(each.projection, each.version)));
    assert.deepEqual(timeless(states), timeless(one));
    assert.ok(states[0]?.[0] && states[0][0].freeIn > 0, 'how long the lease holds');
    assert.deepEqual(await bulk.parked(asked), await Promise.all(asked.map(each => deadLetters.sequences(each))));
    const names = ['other', NAME, 'unknown', ''];
    assert.deepEqual(await bulk.versions(names), await Promise.all(names.map(name => store.versions(name))));
  }),

  'in bulk, moves the checkpoints that are where they are expected, with their fences': withBulk(
    async (bulk, store) => {
      for (const each of [schema(), schema({ version: 2 }), schema({ name: 'other' })]) await store.prepare(each);
      const taken = await bulk.claim([...claims('one').slice(0, 4), claim('one', { version: 2 })]);
      const fences = taken.map(fenceOf);
      await store.commit({ ...commit(0n, 3n), checkpoint: segment({ segment: 1 }) });
      const move = (number: number, from: bigint, more: object = {}) => ({
        ...{ ...segment({ segment: number }), from, to: 9n, fence: fences[number]! },
        ...more,
      });
      const moved = await bulk.pass([
        ...[move(1, 3n), move(0, 0n), move(2, 1n), move(3, 0n, { fence: fences[3]! + 1n })],
        ...[move(0, 0n, { projection: 'unknown' }), move(0, 0n, { version: 2, fence: fences[4]! })],
      ]);
      assert.deepEqual(moved, [{ ok: true }, { ok: true }, undefined, undefined, undefined, { ok: true }]);
      const positions = [0, 1, 2, 3].map(number => store.checkpoint(segment({ segment: number })));
      assert.deepEqual(await Promise.all(positions), [9n, 9n, 0n, 0n]);
      await store.activate(NAME, 2);
      assert.deepEqual(await bulk.pass([move(0, 9n), move(0, 9n, { version: 2, fence: fences[4]!, to: 10n })]), [
        ...[undefined, { ok: true }],
      ]);
    },
  ),

  'in bulk, refuses what is malformed': withBulk(async (bulk, store) => {
    await store.prepare(schema());
    await refused(
      'INVALID_COMMIT',
      () => bulk.claim([claim('one'), claim('')]),
      () => bulk.claim([claim('one', { duration: 0 })]),
      () => bulk.release([{ ...segment({ segment: -1 }), owner: 'one', fence: 1n }]),
      () => bulk.join([version(1), version(1, '')], { owner: 'one', duration: LONG }),
      () => bulk.pass([{ ...segment(), from: 2n, to: 1n, fence: 1n }]),
    );
    assert.deepEqual(await store.leases.segments(NAME, 1), []);
  }),
};
