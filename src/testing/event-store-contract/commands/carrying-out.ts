import assert from 'node:assert/strict';
import { assertFrozen, everything, happened, numbered, range, refused, streamOf, to, write } from '../fixtures';
import type { Checks } from '../scene';
import { carriedOut, claimed, claimedInTime, claimOf, doneWith, eventsOf, journalOf } from './command-fixtures';

/** What is kept of commands that were carried out. */
export const carryingOut: Checks = {
  'answers a command that is done with its events, in the order of its append, to every claimer': async ({ store }) => {
    const claim = await claimed(store, 'c', { fingerprint: 'Pay(7)' });
    const events = await carriedOut(store, claim, [
      to(streamOf('2'), 'none', ...numbered(2)),
      to(streamOf('1'), 0, ...numbered(1)),
      to(streamOf('1', 'Other'), 'any', ...numbered(2)),
    ]);
    await write(store, streamOf('2'), happened());
    const done = doneWith(events, 'Pay(7)');
    for (const again of [claimOf('c'), claimOf('c', { fingerprint: 'Other()' }), claim]) {
      const outcome = await journalOf(store).claim(again);
      assert.deepEqual(outcome, done);
      assertFrozen(outcome.state === 'done' && outcome.result.events, 'the events of the result');
    }
    assert.equal(await journalOf(store).renew(claim, 60_000), true, 'a claim whose command is done is still its own');
    await journalOf(store).release(claim);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), done);
  },

  'answers a command without events with its aggregate and version': async ({ store }) => {
    const claim = await claimed(store, 'c');
    assert.equal(await journalOf(store).complete(claim, { aggregateId: 'a 1', version: 7 }), true);
    assert.equal(await journalOf(store).complete(claim, { aggregateId: 'a 1', version: 7 }), true, 'sent again');
    const result = { events: [], aggregateId: 'a 1', version: 7 };
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), { state: 'done', fingerprint: 'Do(1)', result });
    assert.deepEqual(await everything(store), []);
    await refused('INVALID_APPEND', () => store.append([], { command: claim }), 'an append of nothing under a claim');
  },

  'answers a command that has appended nothing itself with the events of others that are its result': async ({
    store,
  }) => {
    const events = await write(store, streamOf('1'), happened(), happened());
    const claim = await claimed(store, 'c');
    const { aggregateId, version } = events.at(-1)!;
    assert.equal(await journalOf(store).complete(claim, { aggregateId, version, events }), true);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), {
      state: 'done',
      fingerprint: 'Do(1)',
      result: { events, aggregateId, version },
    });
  },

  'keeps a claim whose append was a conflict, and records nothing': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    const claim = await claimed(store, 'c');
    const outcome = await store.append([to(streamOf('2'), 'none', happened()), to(streamOf('1'), 0, happened())], {
      command: claim,
    });
    assert.deepEqual(outcome, { ok: false, conflicts: [{ stream: streamOf('1'), expected: 0, actual: 1 }] });
    assert.equal((await journalOf(store).claim(claimOf('c'))).state, 'running');
    const events = await carriedOut(store, claim, [to(streamOf('1'), 1, happened())]);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), doneWith(events));
  },

  'records nothing of an append that is refused': async ({ store }) => {
    const [known] = eventsOf('other', 1);
    await write(store, streamOf('1'), known!);
    const claim = await claimed(store, 'c');
    await refused('DUPLICATE_EVENT', () => store.append([to(streamOf('2'), 'any', known!)], { command: claim }));
    await refused('UNSTORABLE_VALUE', () =>
      store.append([to(streamOf('2'), 'any', happened({ at: 1n }))], { command: claim }),
    );
    assert.equal((await journalOf(store).claim(claimOf('c'))).state, 'running');
    assert.equal((await everything(store)).length, 1);
  },

  'answers the append of a command that is sent again with the stored events': async ({ store }) => {
    const claim = await claimed(store, 'c');
    const append = [
      to(streamOf('1'), 'none', ...eventsOf('c', 2)),
      to(streamOf('2'), 'none', happened({}, eventsOf('d', 1)[0])),
    ];
    const events = await carriedOut(store, claim, append);
    assert.deepEqual(await carriedOut(store, claim, append), events);
    assert.equal((await everything(store)).length, 3);
  },

  'refuses other events under the claim of a command that is done': async ({ store }) => {
    const claim = await claimed(store, 'c');
    const events = await carriedOut(store, claim, [to(streamOf('1'), 'none', ...eventsOf('c', 1))]);
    await refused('INVALID_APPEND', () => store.append([to(streamOf('1'), 'any', happened())], { command: claim }));
    await refused('DUPLICATE_EVENT', () =>
      store.append([to(streamOf('2'), 'any', ...eventsOf('c', 1))], { command: claim }),
    );
    assert.deepEqual(await everything(store), events);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), doneWith(events));
  },

  'records many commands that are carried out at the same time, each with its own events': async ({ store }) => {
    const commands = await Promise.all(range(1, 30).map(n => claimed(store, `${n}`)));
    const outcomes = await Promise.all(
      commands.map((command, n) =>
        carriedOut(store, command, [to(streamOf(`${n % 7}`), 'any', ...numbered(1 + (n % 3)))]),
      ),
    );
    for (const [n, { id }] of commands.entries())
      assert.deepEqual(await journalOf(store).claim(claimOf(id)), doneWith(outcomes[n]!), `the result of '${id}'`);
  },

  'forgets a result that is kept no longer, and knows its events by their ids': async ({ store, soon }) => {
    const append = [to(streamOf('1'), 'none', ...eventsOf('c', 2))];
    const events = await carriedOut(store, await claimed(store, 'c', { keep: 20 }), append);
    const again = await soon(
      claimedInTime(store, 'c', { fingerprint: 'Again()' }),
      'a claim after the time for which a result is kept',
    );
    assert.deepEqual(await carriedOut(store, again, append), events);
    assert.deepEqual(await everything(store), events);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), doneWith(events, 'Again()'));
  },

  'records what a transaction of projections appends, when it holds': async ({ store }) => {
    if (!store.projections) return;
    const [kept, conflict, thrown] = [
      await claimed(store, 'kept'),
      await claimed(store, 'conflict'),
      await claimed(store, 'thrown'),
    ];
    const events = await store.projections.transaction(async transaction => {
      const outcome = await transaction.append([to(streamOf('1'), 'none', ...eventsOf('kept', 2))], { command: kept });
      return outcome.ok && outcome.events;
    });
    assert.deepEqual(await journalOf(store).claim(claimOf('kept')), doneWith(events || []));
    await store.projections.transaction(async transaction => {
      await transaction.append([to(streamOf('2'), 'none', happened())], { command: conflict });
      await transaction.append([to(streamOf('1'), 0, happened())]);
    });
    const failing = store.projections.transaction(async transaction => {
      await transaction.append([to(streamOf('2'), 'none', happened())], { command: thrown });
      throw new Error('no');
    });
    await assert.rejects(failing, /^Error: no$/);
    for (const id of ['conflict', 'thrown'])
      assert.equal((await journalOf(store).claim(claimOf(id))).state, 'running', id);
    assert.equal((await everything(store)).length, 2);
  },

  'refuses a late append also in a transaction of projections': async ({ store, soon }) => {
    if (!store.projections) return;
    const late = await claimed(store, 'c', { lease: 1 });
    await soon(claimedInTime(store, 'c'), 'a claim after another one');
    const transaction = store.projections.transaction(async each => {
      await each.append([to(streamOf('1'), 'none', happened())]);
      await each.append([to(streamOf('2'), 'none', happened())], { command: late });
    });
    await refused('CLAIM_LOST', () => transaction);
    assert.deepEqual(await everything(store), []);
  },
};
