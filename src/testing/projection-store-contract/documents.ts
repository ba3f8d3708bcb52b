import assert from 'node:assert/strict';
import type { DocumentWrite } from '../../store';
import { all, type Check, filled, ids, NAME, put, refused, schema, segment, write } from './fixtures';

class Hidden {
  readonly #level = 5;
  get level(): number {
    return this.#level;
  }
}

/** Changes a document in every way there is; frozen ones refuse. */
function deface(document: object): void {
  const nested = (document as { nested: { list: unknown[] } }).nested;
  for (const change of [() => Object.assign(document, { a: 2 }), () => nested.list.push(3)]) {
    try {
      change();
    } catch {
      // Frozen: as good.
    }
  }
}

/** Documents by id: what is written comes back. */
export const documentChecks: Readonly<Record<string, Check>> = {
  'returns the documents asked for, and leaves out those that are not there': async store => {
    await filled(store, { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } });
    const found = await store.get(NAME, 1, ['c', 'nobody', 'a', 'a', '\ud800', 'n\0']);
    assert.deepEqual(
      new Map([...found].sort()),
      new Map<string, object>([
        ['a', { n: 1 }],
        ['c', { n: 3 }],
      ]),
    );
    assert.equal((await store.get(NAME, 1, [])).size, 0);
  },

  'replaces the whole document': async store => {
    await filled(store, { a: { n: 1, old: true } });
    await put(store, write('a', { n: 2 }));
    assert.deepEqual(await all(store), { a: { n: 2 } });
  },

  'deletes a document, and accepts deleting a missing one': async store => {
    await filled(store, { a: { group: 'x' }, b: { group: 'x' } });
    await put(store, write('a', null), write('nobody', null));
    assert.deepEqual(await all(store), { b: { group: 'x' } });
    assert.deepEqual(await ids(store, { where: { group: 'x' } }), ['b']);
  },

  'keeps the last of several writes of one document': async store => {
    await store.prepare(schema());
    await put(
      store,
      write('a', { n: 1 }),
      write('b', { n: 1 }),
      write('a', { n: 2 }),
      write('b', null),
      write('c', null),
      write('c', { n: 3 }),
    );
    assert.deepEqual(await all(store), { a: { n: 2 }, c: { n: 3 } });
  },

  'returns every JSON value unchanged': async store => {
    const hard = {
      ...{ text: `Grüße 🎈 \u2028 \\ " ' \u0001 $1 {x}`, empty: '', yes: true, no: false, nothing: null },
      ...{
        numbers: [0, -1, 1.5, 1e21, 5e-324, 1.7976931348623157e308, 0.1, 2 ** 53],
        nested: { list: [[], {}, [null]] },
      },
      ...{ constructor: 'text', toString: 1, hasOwnProperty: null, '': 'no name', 'a b': 1, NULL: 'NULL' },
    };
    await filled(store, { hard });
    assert.deepEqual((await store.get(NAME, 1, ['hard'])).get('hard'), hard);
    assert.deepEqual((await store.find(NAME, 1)).items, [{ id: 'hard', document: hard }]);
  },

  'returns a plain object for an instance of a class': async store => {
    class Thing {
      readonly n = 1;
    }
    await filled(store, { a: new Thing() });
    const found = (await store.get(NAME, 1, ['a'])).get('a')!;
    assert.equal((found.constructor as { name: string }).name, 'Object');
    assert.deepEqual(found, { n: 1 });
  },

  'keeps documents as they are when the caller changes what it wrote or read': async store => {
    const given = { a: 1, nested: { list: [1, 2] } };
    await filled(store, { a: given });
    deface(given);
    deface((await store.get(NAME, 1, ['a'])).get('a')!);
    for (const { document } of (await store.find(NAME, 1)).items) deface(document);
    assert.deepEqual(await all(store), { a: { a: 1, nested: { list: [1, 2] } } });
  },

  'writes what was given at the time of the call, even if the caller changes it meanwhile': async store => {
    await store.prepare(schema());
    const given = { a: 1, nested: { list: [1, 2] } };
    const committing = store.commit({ checkpoint: segment(), from: 0n, to: 1n, writes: [write('a', given)] });
    deface(given);
    await committing;
    assert.deepEqual(await all(store), { a: { a: 1, nested: { list: [1, 2] } } });
  },

  'refuses what JSON cannot carry, and writes nothing of the commit': async store => {
    await filled(store, { a: { n: 1 } });
    const hidden = [new Hidden(), { a: 1, [Symbol('secret')]: 2 }, { list: Object.assign([1], { total: 1 }) }];
    for (const document of [
      { at: new Date() },
      { n: Number.NaN },
      { text: '\0' },
      { text: '\ud800' },
      [1],
      new Map(),
      'text',
      7n,
      ...hidden,
    ]) {
      await refused('UNSTORABLE_VALUE', () => put(store, write('a', { n: 2 }), write('b', document as object)));
    }
    assert.deepEqual(await all(store), { a: { n: 1 } });
  },

  'keeps read models, versions and ids apart, under any names': async store => {
    const names = [
      'things',
      'Things',
      '__proto__',
      'constructor',
      "it's; --",
      'Grüße 🎈',
      '["things",1]',
      'x'.repeat(255),
      '漢'.repeat(255),
    ];
    const writes: DocumentWrite[] = [];
    for (const [place, name] of names.entries()) {
      for (const version of [1, 2, 2_147_483_647]) {
        await store.prepare(schema({ name, version }));
        for (const id of names) writes.push(write(id, { group: id, place, version }, { readModel: name, version }));
      }
    }
    await put(store, ...writes);
    for (const [place, readModel] of names.entries()) {
      const found = await store.get(readModel, 2, names);
      assert.deepEqual([...found.keys()].sort(), [...names].sort());
      for (const id of names) {
        assert.deepEqual(found.get(id), { group: id, place, version: 2 });
        assert.deepEqual(
          (await store.find(readModel, 2, { where: { group: id } })).items.map(item => item.id),
          [id],
        );
      }
    }
  },

  'takes a document of a million characters, and a thousand documents at once': async store => {
    await filled(store, { large: { text: 'x'.repeat(1_000_000) } });
    assert.equal(((await store.get(NAME, 1, ['large'])).get('large') as { text: string }).text.length, 1_000_000);
    await put(store, ...Array.from({ length: 1000 }, (_, n) => write(`d${n}`, { group: 'many', rank: n })));
    assert.equal((await ids(store, { where: { group: 'many' }, limit: 1000 })).length, 1000);
  },
};
