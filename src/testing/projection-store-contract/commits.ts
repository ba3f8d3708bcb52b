import assert from 'node:assert/strict';
import { all, behind, type Check, commit, filled, NAME, put, refused, schema, segment, write } from './fixtures';

/** Checkpoints, and what is written together with them. */
export const commitChecks: Readonly<Record<string, Check>> = {
  'a checkpoint is 0n at first, then where the last commit has put it': async store => {
    await store.prepare(schema());
    assert.equal(await store.checkpoint(segment()), 0n);
    assert.deepEqual(await store.commit(commit(0n, 7n)), { ok: true });
    assert.equal(await store.checkpoint(segment()), 7n);
    assert.deepEqual(await store.commit(commit(7n, 9n)), { ok: true });
    assert.equal(await store.checkpoint(segment()), 9n);
  },

  'keeps checkpoints of a projection without documents': async store => {
    await store.prepare(schema());
    assert.deepEqual(await store.commit(commit(0n, 7n)), { ok: true });
    assert.equal(await store.checkpoint(segment()), 7n);
  },

  'checkpoints go up to 9,223,372,036,854,775,807': async store => {
    await store.prepare(schema());
    const last = 2n ** 63n - 1n;
    assert.deepEqual(await store.commit(commit(0n, last - 2n)), { ok: true });
    behind(await store.commit(commit(last - 1n, last)), last - 2n);
    assert.deepEqual(await store.commit(commit(last - 2n, last)), { ok: true });
    assert.equal(await store.checkpoint(segment()), last);
  },

  'keeps the checkpoints of projections, versions and segments apart': async store => {
    const names = [NAME, '__proto__', "it's"].flatMap(projection =>
      [1, 2].flatMap(version => [0, 1, 2_147_483_647].map(number => ({ projection, version, segment: number }))),
    );
    for (const { projection: name, version } of names) await store.prepare({ name, version, indexes: [] });
    for (const [place, checkpoint] of names.entries()) {
      assert.deepEqual(await store.commit({ checkpoint, from: 0n, to: BigInt(place + 1), writes: [] }), { ok: true });
    }
    for (const [place, checkpoint] of names.entries())
      assert.equal(await store.checkpoint(checkpoint), BigInt(place + 1));
  },

  'writes nothing when the checkpoint is at another position, and returns that position': async store => {
    await filled(store, { a: { n: 1 } });
    for (const from of [0n, 2n, 100n]) {
      behind(await store.commit(commit(from, 200n, write('a', { n: 2 }), write('b', {}))), 1n);
    }
    behind(await store.commit({ ...commit(5n, 6n, write('b', {})), checkpoint: segment({ segment: 1 }) }), 0n);
    assert.deepEqual(await all(store), { a: { n: 1 } });
    assert.equal(await store.checkpoint(segment()), 1n);
  },

  'writes documents and leaves the checkpoint when from and to are the same': async store => {
    await filled(store, { a: { n: 1 } });
    assert.deepEqual(await store.commit(commit(1n, 1n, write('a', { n: 2 }))), { ok: true });
    assert.deepEqual([await all(store), await store.checkpoint(segment())], [{ a: { n: 2 } }, 1n]);
  },

  'accepts exactly one of many commits from the same checkpoint, with all of its documents': async store => {
    await store.prepare(schema());
    for (const from of [0n, 1n, 2n]) {
      const racing = Array.from({ length: 12 }, (_, by) =>
        store.commit(commit(from, from + 1n, write('a', { by }), write(`${from}-${by}`, { by }))),
      );
      const outcomes = await Promise.all(racing);
      const [winner, ...others] = outcomes.flatMap(({ ok }, by) => (ok ? [by] : []));
      assert.deepEqual(others, []);
      for (const outcome of outcomes) if (!outcome.ok) assert.equal(outcome.checkpoint, from + 1n);
      const found = await all(store);
      assert.deepEqual(found.a, { by: winner });
      assert.deepEqual(
        Object.keys(found).filter(id => id.startsWith(`${from}-`)),
        [`${from}-${winner}`],
      );
    }
  },

  'two processes that add up page after page count every event once': async store => {
    await store.prepare(schema());
    const follow = async (): Promise<void> => {
      for (let from = await store.checkpoint(segment()); from < 20n; ) {
        const { sum = 0 } = ((await store.get(NAME, 1, ['sum'])).get('sum') ?? {}) as { sum?: number };
        const outcome = await store.commit(commit(from, from + 1n, write('sum', { sum: sum + Number(from) + 1 })));
        from = outcome.ok ? from + 1n : outcome.checkpoint;
      }
    };
    await Promise.all([follow(), follow(), follow()]);
    assert.deepEqual(await all(store), { sum: { sum: 210 } });
  },

  'segments commit at once without waiting for one another': async store => {
    await store.prepare(schema());
    const run = async (number: number): Promise<void> => {
      for (let from = 0n; from < 10n; from++) {
        const writes = Array.from({ length: 5 }, (_, n) => write(`${number}-${n}`, { from: Number(from) }));
        assert.deepEqual(
          await store.commit({ checkpoint: segment({ segment: number }), from, to: from + 1n, writes }),
          { ok: true },
        );
      }
    };
    await Promise.all([run(0), run(1), run(2), run(3)]);
    const found = Object.values(await all(store));
    assert.deepEqual(
      found,
      Array.from({ length: 20 }, () => ({ from: 9 })),
    );
  },

  'a commit that cannot be written leaves the checkpoint where it was': async store => {
    await filled(store, { a: { n: 1 } });
    await refused('UNSTORABLE_VALUE', () =>
      store.commit(commit(1n, 2n, write('b', {}), write('c', { n: Number.NaN }))),
    );
    await refused('UNKNOWN_READ_MODEL', () =>
      store.commit(commit(1n, 2n, write('b', {}), write('c', {}, { version: 2 }))),
    );
    assert.deepEqual([await all(store), await store.checkpoint(segment())], [{ a: { n: 1 } }, 1n]);
  },

  'refuses commits that are malformed': async store => {
    await store.prepare(schema());
    const wrong: object[] = [
      ...[{ from: 1 }, { from: -1n }, { from: 2n, to: 1n }, { to: 2n ** 63n }, { to: undefined }, { writes: {} }],
      ...['', '\0', 'x'.repeat(256), 7, undefined].flatMap(name => [
        ...[{ checkpoint: segment({ projection: name as string }) }, { writes: [write(name as string, {})] }],
        { writes: [write('a', {}, { readModel: name as string })] },
      ]),
      ...[-1, 1.5, 2 ** 31, '1', undefined].flatMap(number => [
        ...[{ checkpoint: segment({ version: number as number }) }, { checkpoint: { ...segment(), segment: number } }],
        { writes: [write('a', {}, { version: number as number })] },
      ]),
      { writes: [write('a', undefined as never)] },
    ];
    await refused('INVALID_COMMIT', ...wrong.map(part => () => store.commit({ ...commit(0n, 1n), ...part })));
    await put(store, write('a', {}));
  },
};
