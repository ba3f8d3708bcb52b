import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../../messages';
import { assertEmpty, everything, happened, range, refused, started, streamOf, to, write } from '../fixtures';
import type { Checks } from '../scene';
import { carriedOut, claimed, claimedInTime, claimOf, doneWith, eventsOf, journalOf } from './command-fixtures';

const SHORT_MS = 30;

/** Who may carry a command out, and for how long. */
export const claiming: Checks = {
  'lets one claim a command, and tells others that it is running, and as what': async ({ store }) => {
    const claim = await claimed(store, 'c', { fingerprint: 'Pay(7)' });
    const running = { state: 'running', fingerprint: 'Pay(7)' };
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), running);
    assert.deepEqual(await journalOf(store).claim(claimOf('c', { fingerprint: 'Other()' })), running);
    assert.deepEqual(await journalOf(store).claim(claim), { state: 'claimed' }, 'the same claim again');
    await claimed(store, 'C');
  },

  'lets exactly one of 16 claimers through': async ({ store }) => {
    for (const round of range(1, 10)) {
      const outcomes = await Promise.all(range(1, 16).map(() => journalOf(store).claim(claimOf(`round ${round}`))));
      const states = outcomes.map(({ state }) => state).sort();
      assert.deepEqual(states, ['claimed', ...range(2, 16).map(() => 'running')]);
    }
  },

  'lets a command be claimed again when its claim was given back, by its holder only': async ({ store }) => {
    const claim = await claimed(store, 'c');
    await journalOf(store).release({ id: 'c', token: newId() });
    assert.equal((await journalOf(store).claim(claimOf('c'))).state, 'running');
    await journalOf(store).release(claim);
    await claimed(store, 'c');
    await refused('CLAIM_LOST', () => store.append([to(streamOf('1'), 'any', happened())], { command: claim }));
    await assertEmpty(store);
  },

  'lets another process take over a command whose claim has expired; the late result is refused and writes nothing':
    async ({ store, soon }) => {
      const late = await claimed(store, 'c', { lease: SHORT_MS, fingerprint: 'Late()' });
      const next = await soon(claimedInTime(store, 'c'), 'a claim after the lease of another one');
      const append = [to(streamOf('1'), 'none', ...eventsOf('c', 2))];
      const error = await refused('CLAIM_LOST', () => store.append(append, { command: late }));
      assert.equal(error.commandId, 'c');
      assert.equal(await journalOf(store).renew(late, 60_000), false, 'the late one renews');
      assert.equal(
        await journalOf(store).complete(late, { aggregateId: '1', version: 0 }),
        false,
        'the late one completes',
      );
      await journalOf(store).release(late);
      await assertEmpty(store);
      const events = await carriedOut(store, next, append);
      await refused('CLAIM_LOST', () => store.append(append, { command: late }));
      assert.deepEqual(await journalOf(store).claim(claimOf('c')), doneWith(events));
    },

  'accepts a late result when no other process has taken the command over': async ({ store }) => {
    const claim = await claimed(store, 'c', { lease: 1 });
    await pause(SHORT_MS);
    const events = await carriedOut(store, claim, [to(streamOf('1'), 'none', ...eventsOf('c', 1))]);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), doneWith(events));
  },

  'extends a claim that is renewed': async ({ store }) => {
    const claim = await claimed(store, 'c', { lease: SHORT_MS });
    assert.equal(await journalOf(store).renew(claim, 60_000), true);
    await pause(2 * SHORT_MS);
    assert.equal((await journalOf(store).claim(claimOf('c'))).state, 'running');
    assert.equal(await journalOf(store).renew({ id: 'c', token: newId() }, 60_000), false);
    assert.equal(await journalOf(store).renew({ id: 'unknown', token: newId() }, 60_000), false);
  },

  'of many concurrent appends, fails only those whose claim is lost': async ({ store, soon }) => {
    const lost = await Promise.all(range(1, 5).map(n => claimed(store, `${n}`, { lease: 1 })));
    for (const { id } of lost) await soon(claimedInTime(store, id), `a claim of '${id}' after another one`);
    const sound = await Promise.all(range(6, 10).map(n => claimed(store, `${n}`)));
    const appends = [...lost, ...sound].map(command =>
      started(store.append([to(streamOf(command.id), 'none', ...eventsOf(command.id, 1))], { command })),
    );
    appends.push(
      ...range(11, 15).map(n =>
        started(write(store, streamOf(`${n}`), happened()).then(events => ({ ok: true as const, events }))),
      ),
    );
    const settled = await Promise.allSettled(appends);
    const codes = settled.map(each => (each.status === 'rejected' ? each.reason.code : each.value.ok));
    assert.deepEqual(codes, [...lost.map(() => 'CLAIM_LOST'), ...range(6, 15).map(() => true)]);
    assert.equal((await everything(store)).length, 10);
  },

  'takes ids of commands of 1 to 255 characters': async ({ store }) => {
    const ids = [
      "'; drop table commands; --",
      ' ',
      '  ',
      'Grüße 🎈',
      '%',
      'e\u0301',
      'é',
      'x'.repeat(255),
      '\u{1f388}'.repeat(127),
    ];
    for (const id of ids) await claimed(store, id);
    for (const id of ids)
      assert.equal((await journalOf(store).claim(claimOf(id))).state, 'running', JSON.stringify(id));
  },

  'refuses claims that are malformed, with all their faults': async ({ store }) => {
    const journal = journalOf(store);
    for (const id of ['', 'x'.repeat(256), 'a\0b', '\ud800', 7, null, undefined] as string[]) {
      await refused('INVALID_CLAIM', () => journal.claim(claimOf('c', { id })), `a claim of ${JSON.stringify(id)}`);
      const command = { id, token: newId() };
      await refused('INVALID_CLAIM', () => store.append([to(streamOf('1'), 'any', happened())], { command }));
      await refused('INVALID_CLAIM', () => journal.complete(command, { aggregateId: '1', version: 0 }));
      await refused('INVALID_CLAIM', () => journal.release(command));
    }
    for (const time of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
      await refused('INVALID_CLAIM', () => journal.claim(claimOf('c', { lease: time })), `a lease of ${time}`);
      await refused('INVALID_CLAIM', () => journal.claim(claimOf('c', { keep: time })), `to keep for ${time}`);
      await refused('INVALID_CLAIM', () => journal.renew(claimOf('c'), time), `a renewal by ${time}`);
    }
    const error = await refused('INVALID_CLAIM', () =>
      journal.claim({ id: '', fingerprint: '', token: '', lease: 0, keep: 0 }),
    );
    assert.equal((error.faults as string[]).length, 5);
    await claimed(store, 'c');
    await assertEmpty(store);
  },
};
