import assert from 'node:assert/strict';
import type { LeaseClaim, LeaseOutcome, ProjectionStore } from '../../store';
import { all, commit, filled, NAME, refused, type SceneCheck, schema, segment, until, write } from './fixtures';

const LONG = 60_000;

const claim = (owner: string, duration = LONG): LeaseClaim => ({ owner, duration });

/** Claims a segment that must be free, and returns the fence. */
async function take(store: ProjectionStore, owner: string, duration = LONG): Promise<bigint> {
  const outcome = await store.leases.claim(segment(), claim(owner, duration));
  assert.ok(outcome.ok, `${owner} does not get the segment`);
  return outcome.fence;
}

function heldBy(owner: string, outcome: LeaseOutcome): void {
  assert.ok(!outcome.ok, 'a segment that is taken was given to another owner');
  assert.equal(outcome.owner, owner);
  assert.ok(outcome.freeIn > 0 && outcome.freeIn <= LONG, `free in ${outcome.freeIn} ms`);
}

/** Who works on which segment. */
export const leaseChecks: Readonly<Record<string, SceneCheck>> = {
  'a segment belongs to its owner until it is released': async ({ store }) => {
    await store.prepare(schema());
    const first = await take(store, 'one');
    heldBy('one', await store.leases.claim(segment(), claim('other')));
    await store.leases.release(segment(), { owner: 'one', fence: first });
    const second = await take(store, 'other');
    assert.ok(second > first, `the fence ${second} after ${first}`);
    heldBy('other', await store.leases.claim(segment(), claim('one')));
  },

  'renews the lease of its owner, with the same fence and the position of the checkpoint': async ({ store }) => {
    await store.prepare(schema());
    const first = await store.leases.claim(segment(), claim('one'));
    assert.deepEqual(first, { ok: true, fence: first.ok && first.fence, position: 0n });
    await store.commit(commit(0n, 7n));
    assert.deepEqual(await store.leases.claim(segment(), claim('one', 1000)), { ...first, position: 7n });
    const outcome = await store.leases.claim(segment(), claim('other'));
    assert.ok(!outcome.ok && outcome.freeIn <= 1000, 'renewing for a shorter time shortens the lease');
  },

  'a lease that is not renewed expires, and the next owner has a higher fence': async ({ store }) => {
    await store.prepare(schema());
    const started = performance.now();
    const first = await take(store, 'one', 50);
    let second: LeaseOutcome | undefined;
    await until('the lease of 50 ms has run out', async () => {
      second = await store.leases.claim(segment(), claim('other'));
      return second.ok;
    });
    assert.ok(performance.now() - started > 45, 'a lease of 50 ms ran out before');
    assert.ok(second?.ok && second.fence > first, 'the fence does not rise');
    heldBy('other', await store.leases.claim(segment(), claim('one')));
  },

  'gives a segment to one of many owners that claim it at once': async ({ store }) => {
    await store.prepare(schema());
    for (const round of [0, 1, 2]) {
      const name = segment({ segment: round });
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, n) => store.leases.claim(name, claim(`owner ${n}`))),
      );
      const [winner, ...others] = outcomes.flatMap(({ ok }, n) => (ok ? [`owner ${n}`] : []));
      assert.ok(winner && others.length === 0, `${others.length + 1} owners`);
      for (const outcome of outcomes) if (!outcome.ok) assert.equal(outcome.owner, winner);
    }
  },

  'only the owner releases a segment, and only with its fence': async ({ store }) => {
    await store.prepare(schema());
    const fence = await take(store, 'one');
    for (const lease of [
      { owner: 'other', fence },
      { owner: 'one', fence: fence + 1n },
    ])
      await store.leases.release(segment(), lease);
    await store.leases.release(segment({ segment: 5 }), { owner: 'one', fence });
    heldBy('one', await store.leases.claim(segment(), claim('other')));
  },

  'refuses a commit with a fence that is not the segment’s, even at the right position': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const write2 = write('a', { n: 2 });
    const refusedAs = { ok: false, checkpoint: 1n, fenced: true };
    assert.deepEqual(await store.commit({ ...commit(1n, 2n, write2), fence: 1n }), refusedAs, 'it has no owner');
    const stale = await take(store, 'one');
    await store.leases.release(segment(), { owner: 'one', fence: stale });
    assert.deepEqual(await store.commit({ ...commit(1n, 2n, write2), fence: stale }), refusedAs, 'it was given back');
    const fence = await take(store, 'other');
    assert.deepEqual(await store.commit({ ...commit(1n, 2n, write2), fence: stale }), refusedAs, 'it changed hands');
    assert.deepEqual([await all(store), await store.checkpoint(segment())], [{ a: { n: 1 } }, 1n]);
    assert.deepEqual(await store.commit({ ...commit(0n, 2n, write2), fence }), {
      ok: false,
      checkpoint: 1n,
      fenced: false,
    });
    assert.deepEqual(await store.commit({ ...commit(1n, 2n, write2), fence }), { ok: true });
    assert.deepEqual(await store.commit(commit(2n, 3n)), { ok: true }, 'a commit without a fence');
    assert.deepEqual([await all(store), await store.checkpoint(segment())], [{ a: { n: 2 } }, 3n]);
  },

  'a process that was frozen past its lease does no harm': async ({ store }) => {
    await store.prepare(schema());
    const frozen = await take(store, 'one', 50);
    let fence = 0n;
    await until('the lease has run out', async () => {
      const outcome = await store.leases.claim(segment(), claim('other'));
      if (outcome.ok) fence = outcome.fence;
      return outcome.ok;
    });
    const late = store.commit({ ...commit(0n, 5n, write('a', { by: 'one' })), fence: frozen });
    assert.deepEqual(await late, { ok: false, checkpoint: 0n, fenced: true });
    assert.deepEqual(await store.commit({ ...commit(0n, 5n, write('a', { by: 'other' })), fence }), { ok: true });
    assert.deepEqual(await all(store), { a: { by: 'other' } });
  },

  'lists the segments of a version, with their owners and positions': async ({ store }) => {
    await store.prepare(schema());
    assert.deepEqual(await store.leases.segments(NAME, 1), []);
    await store.commit({ ...commit(0n, 9n), checkpoint: segment({ segment: 12 }) });
    await store.commit({ ...commit(0n, 7n), checkpoint: segment({ segment: 2 }) });
    for (const other of [{ version: 2 }, { name: 'other' }]) await store.prepare(schema(other));
    for (const other of [{ version: 2 }, { projection: 'other' }])
      await store.leases.claim(segment(other), claim('else'));
    await store.leases.claim(segment({ segment: 2 }), claim('one'));
    await store.leases.claim(segment({ segment: 1 }), claim('two', 1));
    await until(
      'the lease of 1 ms has run out',
      async () => (await store.leases.segments(NAME, 1))[0]?.owner === undefined,
    );
    const [first, second, third, ...more] = await store.leases.segments(NAME, 1);
    const free = { owner: undefined, freeIn: 0, released: false, note: undefined };
    assert.deepEqual(first, { segment: 1, position: 0n, ...free });
    const freeIn = second?.freeIn ?? 0;
    assert.ok(freeIn > LONG / 2 && freeIn <= LONG, `free in ${freeIn} ms`);
    assert.deepEqual(second, { segment: 2, position: 7n, ...free, owner: 'one', freeIn });
    assert.deepEqual([third, ...more], [{ segment: 12, position: 9n, ...free }]);
  },

  'a segment that was given back is told from one whose lease has run out': async ({ store }) => {
    await store.prepare(schema());
    const released = async (): Promise<boolean[]> =>
      (await store.leases.segments(NAME, 1)).map(state => state.released);
    await store.commit({ ...commit(0n, 7n), checkpoint: segment({ segment: 1 }) });
    const first = await take(store, 'one');
    assert.deepEqual(await released(), [false, false], 'held, and never claimed');
    await store.leases.release(segment(), { owner: 'one', fence: first });
    assert.deepEqual(await released(), [true, false], 'given back');
    await take(store, 'one', 50);
    await until('the lease has run out', async () => (await store.leases.segments(NAME, 1))[0]?.owner === undefined);
    assert.deepEqual(await released(), [false, false], 'run out');
    await store.leases.release(segment(), { owner: 'other', fence: await take(store, 'other') });
    assert.deepEqual(await released(), [true, false], 'given back by the next owner');
  },

  'lists the members of a version until their time is up, or they leave': async ({ store }) => {
    for (const version of [1, 2]) await store.prepare(schema({ version }));
    const join = async (owner: string, duration = LONG, version = 1): Promise<readonly string[]> =>
      [...(await store.leases.join(NAME, version, { owner, duration }))].sort();
    assert.deepEqual(await join('one'), ['one']);
    assert.deepEqual(await join('two'), ['one', 'two']);
    assert.deepEqual(await join('two'), ['one', 'two'], 'one that is there already');
    assert.deepEqual([...(await store.leases.members(NAME, 1))].sort(), ['one', 'two'], 'without joining');
    assert.deepEqual(await join('else', LONG, 2), ['else'], 'the members of another version');
    await store.leases.leave(NAME, 1, 'one');
    await store.leases.leave(NAME, 1, 'not there');
    assert.deepEqual(await join('brief', 50), ['brief', 'two']);
    await until('its 50 ms are over', async () => (await store.leases.members(NAME, 1)).length === 1);
    assert.deepEqual(await join('two'), ['two']);
    assert.deepEqual(await join('one'), ['one', 'two']);
    assert.deepEqual(await join('two', 50), ['one', 'two']);
    await until('the shorter time counts', async () => (await join('one')).length === 1);
    assert.deepEqual(await store.leases.segments(NAME, 1), [], 'a member holds no segment');
  },

  'accepts many members that join at once': async ({ store }) => {
    await store.prepare(schema());
    const owners = Array.from({ length: 12 }, (_, n) => `owner ${String(n).padStart(2, '0')}`);
    for (const duration of [1, LONG, LONG])
      await Promise.all(owners.map(owner => store.leases.join(NAME, 1, { owner, duration })));
    assert.deepEqual([...(await store.leases.join(NAME, 1, { owner: owners[0]!, duration: LONG }))].sort(), owners);
  },

  'returns what the owner reported with its last claim, as long as it is the owner': async ({ store }) => {
    await store.prepare(schema());
    const told = async (): Promise<(string | undefined)[]> =>
      (await store.leases.segments(NAME, 1)).map(({ note }) => note);
    const longest = `{"Grüße": "🎈 '"}`.padEnd(20_000);
    const fence = await take(store, 'one');
    for (const note of ['first', longest, '', undefined, 'last']) {
      const outcome = await store.leases.claim(segment(), { ...claim('one'), note });
      assert.deepEqual(outcome, { ok: true, fence, position: 0n });
      assert.deepEqual(await told(), [note]);
    }
    heldBy('one', await store.leases.claim(segment(), { ...claim('other'), note: 'not mine' }));
    assert.deepEqual(await told(), ['last'], 'a claim that is refused says nothing');
    await store.leases.release(segment(), { owner: 'one', fence });
    assert.deepEqual(await told(), [undefined], 'it was given back');
    await take(store, 'other');
    assert.deepEqual(await told(), [undefined], 'the next owner has said nothing');
    await store.leases.claim(segment({ segment: 1 }), { ...claim('one', 1), note: 'gone' });
    await until(
      'the lease of 1 ms has run out',
      async () => (await store.leases.segments(NAME, 1))[1]?.owner === undefined,
    );
    assert.deepEqual(await told(), [undefined, undefined], 'it has run out');
  },

  'dropping a version ends its leases, and forgets its members': async ({ store }) => {
    await store.prepare(schema());
    await take(store, 'one');
    await store.leases.join(NAME, 1, claim('one'));
    await store.drop(NAME, 1);
    assert.deepEqual(await store.leases.segments(NAME, 1), []);
    await store.prepare(schema());
    assert.deepEqual([...(await store.leases.join(NAME, 1, claim('other')))], ['other']);
    await take(store, 'other');
  },

  'never reuses the fence of a dropped version, so its late commits are refused when the version is prepared again':
    async ({ store }) => {
      for (const [before, after] of [
        ['one', 'other'],
        ['one', 'one'],
      ]) {
        await store.prepare(schema());
        const stale = await take(store, before!);
        await store.drop(NAME, 1);
        await store.prepare(schema());
        const fence = await take(store, after!);
        assert.notEqual(fence, stale);
        const late = store.commit({ ...commit(0n, 5n, write('a', { of: 'before' })), fence: stale });
        assert.deepEqual(await late, { ok: false, checkpoint: 0n, fenced: true });
        assert.deepEqual(await all(store), {});
        await store.drop(NAME, 1);
      }
    },

  'refuses claims and members that are malformed': async ({ store }) => {
    await store.prepare(schema());
    const members: object[] = [
      ...[0, -1, 1.5, 3_600_001, Number.NaN, '1', undefined].map(duration => ({ duration })),
      ...['', '\0', 'x'.repeat(256), 7, undefined].map(owner => ({ owner })),
    ];
    const wrong = [...members, ...['\0', '\ud800', 'x'.repeat(20_001), 7, null].map(note => ({ note }))];
    await refused(
      'INVALID_COMMIT',
      ...wrong.map(part => () => store.leases.claim(segment(), { ...claim('one'), ...part })),
      ...members.map(part => () => store.leases.join(NAME, 1, { ...claim('one'), ...part })),
    );
    await refused(
      'INVALID_COMMIT',
      () => store.leases.join('', 1, claim('one')),
      () => store.leases.join(NAME, 0, claim('one')),
      () => store.leases.claim(segment({ projection: '' }), claim('one')),
      () => store.leases.release(segment({ segment: -1 }), { owner: 'one', fence: 1n }),
      ...['1', 1, -1n].map(fence => () => store.commit({ ...commit(0n, 1n), fence: fence as bigint })),
    );
    const longest = claim('漢'.repeat(255), 3_600_000);
    assert.equal((await store.leases.claim(segment(), longest)).ok, true);
  },
};
