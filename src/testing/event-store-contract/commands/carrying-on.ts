import assert from 'node:assert/strict';
import { everything, range, refused, streamOf, to } from '../fixtures';
import type { Checks } from '../scene';
import { carriedOut, claimed, claimedInTime, claimOf, doneWith, eventsOf, journalOf } from './command-fixtures';

/** What is left of commands when a store has been closed and is opened again. */
export const commandsDurably: Checks = {
  'keeps the results of commands when it is closed and opened again': async ({ store, reopened }) => {
    const claim = await claimed(store, 'c');
    const events = await carriedOut(store, claim, [to(streamOf('1'), 'none', ...eventsOf('c', 2))]);
    await journalOf(store).complete(await claimed(store, 'd'), { aggregateId: '7', version: 3 });
    const again = await reopened();
    assert.deepEqual(await journalOf(again).claim(claimOf('c')), doneWith(events));
    const result = { events: [], aggregateId: '7', version: 3 };
    assert.deepEqual(await journalOf(again).claim(claimOf('d')), { state: 'done', fingerprint: 'Do(1)', result });
  },
};

/** What holds of commands when two stores use the same data. */
export const commandsShared: Checks = {
  'lets exactly one of 16 claimers through over two stores': async ({ store, another }) => {
    const stores = [store, await another()];
    for (const round of range(1, 10)) {
      const claims = range(1, 16).map(n => journalOf(stores[n % 2]!).claim(claimOf(`round ${round}`)));
      const states = (await Promise.all(claims)).map(({ state }) => state).sort();
      assert.deepEqual(states, ['claimed', ...range(2, 16).map(() => 'running')]);
    }
  },

  'answers a command that another store has carried out': async ({ store, another }) => {
    const other = await another();
    const claim = await claimed(store, 'c');
    assert.equal((await journalOf(other).claim(claimOf('c'))).state, 'running');
    const events = await carriedOut(store, claim, [to(streamOf('1'), 'none', ...eventsOf('c', 2))]);
    assert.deepEqual(await journalOf(other).claim(claimOf('c')), doneWith(events));
  },

  'takes over what another store has claimed and no longer renews, whose late append writes nothing': async ({
    store,
    another,
    soon,
  }) => {
    const other = await another();
    const late = await claimed(store, 'c', { lease: 30 });
    const next = await soon(claimedInTime(other, 'c'), 'a claim after the lease of another store');
    const append = [to(streamOf('1'), 'none', ...eventsOf('c', 2))];
    await refused('CLAIM_LOST', () => store.append(append, { command: late }));
    assert.deepEqual(await everything(store), []);
    const events = await carriedOut(other, next, append);
    assert.deepEqual(await journalOf(store).claim(claimOf('c')), doneWith(events));
  },

  'carries each of 20 commands out once when two stores race for them': async ({ store, another }) => {
    const stores = [store, await another()];
    const race = async (id: string, n: number): Promise<number> => {
      const claim = claimOf(id);
      const racer = stores[n % 2]!;
      if ((await journalOf(racer).claim(claim)).state !== 'claimed') return 0;
      await carriedOut(racer, claim, [to(streamOf(id), 'any', { name: 'Happened', payload: { n } })]);
      return 1;
    };
    for (const id of range(1, 20).map(String)) {
      const winners = await Promise.all(range(1, 8).map(n => race(id, n)));
      assert.equal(winners.filter(won => won === 1).length, 1, `winners of '${id}'`);
    }
    assert.equal((await everything(store)).length, 20);
  },
};
