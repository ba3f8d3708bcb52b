import assert from 'node:assert/strict';
import type { ProjectionStore, ProjectionTransaction } from '../../store';
import {
  all,
  commit,
  filled,
  meanwhile,
  NAME,
  refused,
  rejectsWith,
  type SceneCheck,
  schema,
  segment,
  write,
} from './fixtures';

const boom = (): Error => new Error('of the work itself');

const state = async (store: ProjectionStore): Promise<unknown> => [
  await all(store),
  await store.checkpoint(segment()),
  (await store.deadLetters.list({ projection: NAME, version: 1 })).map(({ position }) => position),
];

/** Adds one to a document, with what `lock` says about the checkpoint. */
async function count(transaction: ProjectionTransaction, id: string): Promise<void> {
  const from = await transaction.lock(segment());
  const { n = 0 } = ((await transaction.get(NAME, 1, [id])).get(id) ?? {}) as { n?: number };
  assert.deepEqual(await transaction.commit(commit(from, from + 1n, write(id, { n: n + 1 }))), { ok: true });
}

/** Work in the transaction of a commit, and transactions of several steps. */
export const transactionChecks: Readonly<Record<string, SceneCheck>> = {
  'runs the work of a commit in order, and once': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const ran: string[] = [];
    const work = ['first', 'second'].map(name => () => void ran.push(name));
    assert.deepEqual(await store.commit({ ...commit(1n, 2n, write('a', { n: 2 })), work }), { ok: true });
    assert.deepEqual(
      [ran, await state(store)],
      [
        ['first', 'second'],
        [{ a: { n: 2 } }, 2n, []],
      ],
    );
  },

  'work that throws takes the commit back and rejects it': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const park = [{ sequence: 'a', position: 2n, error: 'no', attempts: 1 }];
    const error = boom();
    const work = [
      () => undefined,
      () => {
        throw error;
      },
    ];
    await rejectsWith(error, store.commit({ ...commit(1n, 2n, write('a', { n: 2 })), park, work }));
    assert.deepEqual(await state(store), [{ a: { n: 1 } }, 1n, []]);
    assert.deepEqual(await store.commit(commit(1n, 2n)), { ok: true });
  },

  'no work is run for a commit that is refused': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const work = [() => assert.fail('the work of a refused commit ran')];
    assert.deepEqual(await store.commit({ ...commit(0n, 2n), work }), { ok: false, checkpoint: 1n, fenced: false });
    assert.deepEqual(await store.commit({ ...commit(1n, 2n), work, fence: 9n }), {
      ok: false,
      checkpoint: 1n,
      fenced: true,
    });
    await refused('INVALID_COMMIT', () => store.commit({ ...commit(1n, 2n), work: ['text' as never] }));
  },

  'the commits of a transaction are seen together, at its end': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const result = await store.transaction(async transaction => {
      assert.equal(await transaction.lock(segment()), 1n);
      const park = [{ sequence: 's', position: 2n, error: undefined, attempts: 0 }];
      assert.deepEqual(await transaction.commit({ ...commit(1n, 2n, write('a', null), write('b', { n: 2 })), park }), {
        ok: true,
      });
      const before = [{ a: { n: 1 } }, 1n, []];
      assert.deepEqual(await meanwhile(() => state(store), before), before, 'others see nothing yet');
      assert.deepEqual([...(await transaction.get(NAME, 1, ['a', 'b', 'c']))], [['b', { n: 2 }]]);
      assert.equal(await transaction.lock(segment()), 2n);
      assert.deepEqual(await transaction.commit(commit(2n, 3n, write('a', { n: 3 }))), { ok: true });
      assert.deepEqual((await transaction.get(NAME, 1, ['a'])).get('a'), { n: 3 });
      return 'result';
    });
    assert.deepEqual([result, await state(store)], ['result', [{ a: { n: 3 }, b: { n: 2 } }, 3n, [2n]]]);
  },

  'rolls back a transaction whose work throws, and rejects with the same error': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const error = boom();
    const failing = store.transaction(async transaction => {
      await transaction.commit(commit(1n, 2n, write('a', { n: 2 })));
      throw error;
    });
    await rejectsWith(error, failing);
    assert.deepEqual(await state(store), [{ a: { n: 1 } }, 1n, []]);
    await store.transaction(transaction => count(transaction, 'b'));
    assert.deepEqual(await state(store), [{ a: { n: 1 }, b: { n: 1 } }, 2n, []]);
  },

  'rolls back a transaction in which a call failed, even if its work continues': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const error = boom();
    const work = () => {
      throw error;
    };
    const failing = store.transaction(async transaction => {
      await transaction.commit(commit(1n, 2n, write('a', { n: 2 })));
      await transaction.commit({ ...commit(2n, 3n, write('b', {})), work: [work] }).catch(() => undefined);
      return 'went on';
    });
    await rejectsWith(error, failing);
    assert.deepEqual(await state(store), [{ a: { n: 1 } }, 1n, []]);
  },

  'after a call that failed every other call of the transaction fails with the same error': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const error = boom();
    const work = () => {
      throw error;
    };
    const failing = store.transaction(async transaction => {
      await rejectsWith(error, transaction.commit({ ...commit(1n, 2n), work: [work] }));
      await rejectsWith(error, transaction.lock(segment()));
      await rejectsWith(error, transaction.get(NAME, 1, ['a']));
      await rejectsWith(error, transaction.commit(commit(1n, 2n, write('a', { n: 2 }))));
    });
    await rejectsWith(error, failing);
    assert.deepEqual(await state(store), [{ a: { n: 1 } }, 1n, []]);
  },

  'calls that the work does not await belong to the transaction, one after the other': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    const calls: Promise<unknown>[] = [];
    await store.transaction(async transaction => {
      calls.push(transaction.commit(commit(1n, 2n, write('a', { n: 2 }))));
      calls.push(transaction.commit(commit(2n, 3n, write('b', { n: 3 }))));
    });
    assert.deepEqual(await Promise.all(calls), [{ ok: true }, { ok: true }]);
    assert.deepEqual(await state(store), [{ a: { n: 2 }, b: { n: 3 } }, 3n, []]);
  },

  'returns a refused commit as a value, also in a transaction': async ({ store }) => {
    await filled(store, { a: { n: 1 } });
    await store.transaction(async transaction => {
      assert.equal(await transaction.lock(segment()), 1n);
      const refusal = await transaction.commit(commit(0n, 5n, write('a', { n: 2 })));
      assert.deepEqual(refusal, { ok: false, checkpoint: 1n, fenced: false });
      const fenced = await transaction.commit({ ...commit(1n, 5n, write('a', { n: 2 })), fence: 9n });
      assert.deepEqual(fenced, { ok: false, checkpoint: 1n, fenced: true });
      assert.deepEqual(await transaction.commit(commit(1n, 2n, write('a', { n: 3 }))), { ok: true });
    });
    assert.deepEqual(await state(store), [{ a: { n: 3 } }, 2n, []]);
  },

  'transactions that lock one checkpoint wait for each other, also the very first ones': async ({ store }) => {
    await store.prepare(schema());
    await Promise.all(Array.from({ length: 20 }, () => store.transaction(transaction => count(transaction, 'a'))));
    assert.deepEqual(await state(store), [{ a: { n: 20 } }, 20n, []]);
  },

  'transactions and commits that run at once each take effect once': async ({ store }) => {
    await store.prepare(schema());
    const follow = async (): Promise<void> => {
      for (let done = false; !done; ) {
        const from = await store.checkpoint(segment());
        const { n = 0 } = ((await store.get(NAME, 1, ['a'])).get('a') ?? {}) as { n?: number };
        // The two may be of two moments: then the checkpoint has moved since, and the commit is refused.
        done = (await store.commit(commit(from, from + 1n, write('a', { n: n + 1 })))).ok;
      }
    };
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 ? follow() : store.transaction(each => count(each, 'a')))),
    );
    assert.deepEqual(await state(store), [{ a: { n: 12 } }, 12n, []]);
  },

  'changes nothing in a transaction that does nothing': async ({ store }) => {
    await store.prepare(schema());
    assert.equal(await store.transaction(async () => 7), 7);
    assert.equal(await store.transaction(transaction => transaction.lock(segment({ segment: 3 }))), 0n);
    assert.equal(await store.checkpoint(segment({ segment: 3 })), 0n);
    await store.transaction(transaction =>
      transaction.commit({ ...commit(0n, 1n), checkpoint: segment({ segment: 3 }) }),
    );
    assert.equal(await store.checkpoint(segment({ segment: 3 })), 1n);
  },

  'refuses malformed calls, and all calls after its end': async ({ store }) => {
    await store.prepare(schema());
    let ended: ProjectionTransaction | undefined;
    await store.transaction(async transaction => {
      ended = transaction;
      await count(transaction, 'a');
    });
    await refused(
      'TRANSACTION_ENDED',
      () => ended!.lock(segment()),
      () => ended!.get(NAME, 1, ['a']),
      () => ended!.commit(commit(1n, 2n)),
    );
    await refused(
      'INVALID_COMMIT',
      () => store.transaction(transaction => transaction.lock(segment({ version: 0 }))),
      () => store.transaction(transaction => transaction.commit(commit(2n, 1n))),
    );
    await refused('UNKNOWN_READ_MODEL', () => store.transaction(transaction => transaction.get(NAME, 2, ['a'])));
    assert.deepEqual(await state(store), [{ a: { n: 1 } }, 1n, []]);
  },
};
