import assert from 'node:assert/strict';
import type { DocumentRead, DocumentWrite, ProjectionStore } from '../../store';
import { all, type Check, commit, filled, NAME, refused, segment, write } from './fixtures';

const read = async (store: ProjectionStore, id: string): Promise<DocumentRead> => ({
  ...{ readModel: NAME, version: 1, id, document: (await store.get(NAME, 1, [id])).get(id) ?? null },
});

/** Commits that are made of documents which others write, too. */
export const readChecks: Readonly<Record<string, Check>> = {
  'accepts a commit that has read documents which have not changed since': async store => {
    await filled(store, { a: { n: 1 }, b: { n: 1 } });
    const reads = [await read(store, 'a'), await read(store, 'b'), await read(store, 'none')];
    assert.deepEqual(
      await store.commit({ ...commit(1n, 2n, write('a', { n: 2 }), write('b', null), write('none', { n: 2 })), reads }),
      {
        ok: true,
      },
    );
    assert.deepEqual(await all(store), { a: { n: 2 }, none: { n: 2 } });
    assert.deepEqual(
      await store.commit({ ...commit(2n, 3n), reads: [await read(store, 'a'), await read(store, 'b')] }),
      { ok: true },
    );
  },

  'refuses a commit that has read documents which another commit changed, deleted or created': async store => {
    await filled(store, { a: { n: 1 }, b: { n: 1 } });
    const changes: DocumentWrite[] = [write('a', { n: 2 }), write('a', null), write('none', { n: 1 })];
    for (const change of changes) {
      const reads = [await read(store, 'a'), await read(store, 'b'), await read(store, 'none')];
      assert.deepEqual(await store.commit(commit(1n, 1n, change)), { ok: true });
      const before = await all(store);
      for (const work of [[], [() => undefined]]) {
        for (const writes of [[], [write('b', null)], [write(change.id, { n: 9 }), write('c', { n: 9 })]]) {
          const outcome = await store.commit({ ...commit(1n, 2n, ...writes), reads, work });
          assert.deepEqual(outcome, { ok: false, checkpoint: 1n, fenced: false, outdated: true });
        }
      }
      // Where the checkpoint is elsewhere that is what it says.
      assert.deepEqual(await store.commit({ ...commit(7n, 8n), reads }), {
        ok: false,
        checkpoint: 1n,
        fenced: false,
      });
      assert.deepEqual(await all(store), before);
      await store.commit(commit(1n, 1n, write('a', { n: 1 }), write('none', null)));
    }
  },

  'accepts only one of several concurrent commits that have read the same document': async store => {
    await filled(store, { a: { n: -1 } });
    for (const id of ['a', 'new']) {
      const reads = [await read(store, id)];
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          store.commit({
            checkpoint: segment({ segment: n + 1 }),
            from: 0n,
            to: 0n,
            reads,
            writes: [write(id, { n })],
          }),
        ),
      );
      assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
      assert.deepEqual((await read(store, id)).document, { n: outcomes.findIndex(({ ok }) => ok) });
    }
  },

  'refuses malformed reads': async store => {
    await filled(store, { a: { n: 1 } });
    const reads = [{ ...(await read(store, 'a')), id: '' }];
    await refused('INVALID_COMMIT', () => store.commit({ ...commit(1n, 2n), reads }));
    await refused('INVALID_COMMIT', () => store.commit({ ...commit(1n, 2n), reads: 'all' as never }));
  },
};
