import assert from 'node:assert/strict';
import { all, type Check, filled, NAME, put, refused, schema, segment, write } from './fixtures';

/** Read models, their versions, and which one readers see. */
export const versionChecks: Readonly<Record<string, Check>> = {
  'preparing again changes nothing, also many times at once and with the indexes in another order': async store => {
    await Promise.all(Array.from({ length: 10 }, () => store.prepare(schema())));
    await put(store, write('a', { group: 'x', rank: 1 }));
    await Promise.all([store.prepare(schema()), store.prepare(schema({ indexes: ['rank', 'group'] }))]);
    assert.deepEqual(
      (await store.find(NAME, 1, { where: { group: 'x' }, orderBy: 'rank' })).items.map(({ id }) => id),
      ['a'],
    );
    assert.equal(await store.checkpoint(segment()), 1n);
  },

  'refuses other indexes for a version that is known, and takes them for another': async store => {
    await filled(store, { a: { other: 1 } });
    const others = [[], ['group'], ['group', 'other'], ['group', 'rank', 'other']];
    await refused('INVALID_READ_MODEL', ...others.map(indexes => () => store.prepare(schema({ indexes }))));
    await store.prepare(schema({ version: 2, indexes: ['other'] }));
    await put(store, write('b', { other: 1 }, { version: 2 }));
    assert.deepEqual(
      (await store.find(NAME, 2, { where: { other: 1 } })).items.map(({ id }) => id),
      ['b'],
    );
  },

  'takes eight indexes of any names, and refuses malformed schemas': async store => {
    const indexes = ['a', '__proto', 'constructor', "it's", '"', '漢'.repeat(255), '$1', 'key1'];
    await store.prepare(schema({ indexes }));
    await put(
      store,
      write('all', Object.fromEntries(indexes.map((field, place) => [field, place]))),
      write('none', {}),
    );
    for (const [place, field] of indexes.entries()) {
      const found = await store.find(NAME, 1, { where: { [field]: place }, orderBy: { field, direction: 'desc' } });
      assert.deepEqual(
        found.items.map(({ id }) => id),
        ['all'],
      );
    }
    const wrong: object[] = [
      ...['', '\0', '\ud800', 'x'.repeat(256), 7, undefined].flatMap(name => [{ name }, { indexes: [name] }]),
      ...[0, -1, 1.5, 2 ** 31, '1', undefined].map(version => ({ version })),
      ...[{ indexes: undefined }, { indexes: 'group' }, { indexes: ['a', 'a'] }, { indexes: [...indexes, 'ninth'] }],
    ];
    await refused(
      'INVALID_READ_MODEL',
      ...wrong.map(part => () => store.prepare({ ...schema({ version: 2 }), ...part })),
    );
  },

  'refuses to work with a version that was never prepared': async store => {
    await store.prepare(schema());
    const unknown: [string, number][] = [
      [NAME, 2],
      ['other', 1],
      ['\0', 1],
      ['', 1],
      [NAME, 1.5],
      [NAME, 2 ** 40],
    ];
    for (const [name, version] of unknown) {
      await refused('UNKNOWN_READ_MODEL', () => store.get(name, version, ['a']));
      await refused(
        'UNKNOWN_READ_MODEL',
        () => store.find(name, version),
        () => store.activate(name, version),
      );
      await store.drop(name, version);
    }
  },

  'a new version fills beside the active one, and readers are switched in one step': async store => {
    await filled(store, { a: { n: 1 } });
    assert.equal(await store.active(NAME), undefined);
    await store.activate(NAME, 1);
    await store.prepare(schema({ version: 2 }));
    await put(store, write('a', { n: 2 }, { version: 2 }));
    assert.equal(await store.active(NAME), 1);
    assert.deepEqual([await all(store), await all(store, NAME, 2)], [{ a: { n: 1 } }, { a: { n: 2 } }]);
    await store.activate(NAME, 2);
    assert.equal(await store.active(NAME), 2);
    // A caller that is late takes readers back to nothing.
    await store.activate(NAME, 1);
    assert.equal(await store.active(NAME), 2);
    for (const name of ['other', '__proto__', 'constructor', '\0']) assert.equal(await store.active(name), undefined);
  },

  'drops documents and checkpoints of one version, and nothing else': async store => {
    await filled(store, { a: { n: 1 } });
    for (const other of [{ version: 2 }, { name: 'other' }]) await store.prepare(schema(other));
    await put(store, write('a', { n: 2 }, { version: 2 }), write('a', { n: 3 }, { readModel: 'other' }));
    const others = [segment({ version: 2 }), segment({ projection: 'other' })];
    for (const checkpoint of [...others, segment({ segment: 3 })])
      await store.commit({ checkpoint, from: 0n, to: 5n, writes: [] });
    await store.activate(NAME, 2);
    await store.drop(NAME, 1);
    await refused(
      'UNKNOWN_READ_MODEL',
      () => store.get(NAME, 1, ['a']),
      () => store.find(NAME, 1),
    );
    for (const checkpoint of [segment(), segment({ segment: 3 })]) assert.equal(await store.checkpoint(checkpoint), 0n);
    for (const checkpoint of others) assert.equal(await store.checkpoint(checkpoint), 5n);
    assert.deepEqual([await all(store, NAME, 2), await all(store, 'other')], [{ a: { n: 2 } }, { a: { n: 3 } }]);
    assert.equal(await store.active(NAME), 2);
  },

  'a version that was dropped begins anew, also with other indexes': async store => {
    await filled(store, { a: { group: 'x' } });
    await store.activate(NAME, 1);
    await store.drop(NAME, 1);
    await store.drop(NAME, 1);
    assert.equal(await store.active(NAME), undefined);
    await store.prepare(schema({ indexes: ['other', 'group'] }));
    assert.deepEqual(await all(store), {});
    await put(store, write('b', { other: 1, group: 'y' }));
    assert.deepEqual(
      (await store.find(NAME, 1, { where: { other: 1, group: 'y' } })).items.map(({ id }) => id),
      ['b'],
    );
  },
};
