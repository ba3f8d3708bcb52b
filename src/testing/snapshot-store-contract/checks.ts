import assert from 'node:assert/strict';
import type { NewSnapshot, Snapshot, SnapshotStore, StreamName } from '../../store';

const stream = (aggregateId: string, aggregateName = 'Thing'): StreamName => ({ aggregateName, aggregateId });

const taken = (version: number, more: Partial<NewSnapshot> = {}): NewSnapshot => ({
  ...{ stream: stream('1'), version, eventId: `event-${version}`, schemaVersion: 1, state: `{"version":${version}}` },
  ...more,
});

/** Makes sure that a snapshot is the one saved, and says when. */
function assertKept(found: Snapshot | undefined, saved: NewSnapshot): void {
  assert.ok(found, 'nothing was found');
  const { recordedAt, ...rest } = found;
  assert.deepEqual(rest, saved);
  assert.match(recordedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
}

async function assertState(store: SnapshotStore, state: string): Promise<void> {
  const snapshot = taken(1, { state });
  await store.save(snapshot);
  assertKept(await store.load(stream('1'), 1), snapshot);
}

/** What is left when a store has been closed and is opened again. */
export const durability = {
  'keeps its snapshots when it is closed and opened again': async (
    store: SnapshotStore,
    reopened: () => Promise<SnapshotStore>,
  ) => {
    await store.save(taken(5, { state: '{"text": "Grüße 🎈"}' }));
    await store.save(taken(7, { stream: stream('2') }));
    await store.delete(stream('2'));
    const before = await store.load(stream('1'), 1);
    const again = await reopened();
    assert.deepEqual(await again.load(stream('1'), 1), before);
    assertKept(before, taken(5, { state: '{"text": "Grüße 🎈"}' }));
    assert.equal(await again.load(stream('2'), 1), undefined);
    await again.save(taken(4));
    assert.deepEqual(await again.load(stream('1'), 1), before);
  },
};

/** What every store of snapshots must hold. */
export const checks: Readonly<Record<string, (store: SnapshotStore) => Promise<void>>> = {
  'finds nothing before anything was saved': async store => {
    assert.equal(await store.load(stream('1'), 1), undefined);
  },

  'returns what was saved, with the time of saving': async store => {
    await store.save(taken(5));
    assertKept(await store.load(stream('1'), 1), taken(5));
  },

  'keeps the snapshots of streams apart, by aggregate name and id': async store => {
    const names = [
      stream('1'),
      stream('2'),
      stream('1', 'Other'),
      stream('Thing', '1'),
      stream("1'; --"),
      stream('Grüße 🎈'),
    ];
    for (const [index, name] of names.entries()) await store.save(taken(index + 1, { stream: name }));
    for (const [index, name] of names.entries())
      assertKept(await store.load(name, 1), taken(index + 1, { stream: name }));
  },

  'replaces a snapshot by one of a later version': async store => {
    await store.save(taken(5));
    await store.save(taken(10));
    assertKept(await store.load(stream('1'), 1), taken(10));
  },

  'leaves a snapshot as it is when one of an earlier version is saved': async store => {
    await store.save(taken(10));
    await store.save(taken(5));
    await store.save(taken(9, { schemaVersion: 2 }));
    assertKept(await store.load(stream('1'), 1), taken(10));
  },

  'replaces a snapshot by one of the same version': async store => {
    await store.save(taken(5));
    const other = taken(5, { eventId: 'another', state: '{"other":true}' });
    await store.save(other);
    assertKept(await store.load(stream('1'), 1), other);
  },

  'finds nothing when the snapshot is of another schema version, earlier or later': async store => {
    await store.save(taken(5, { schemaVersion: 2 }));
    assert.equal(await store.load(stream('1'), 1), undefined);
    assert.equal(await store.load(stream('1'), 3), undefined);
    assertKept(await store.load(stream('1'), 2), taken(5, { schemaVersion: 2 }));
  },

  'replaces a snapshot by a later one of another schema version, also an earlier schema version': async store => {
    await store.save(taken(5, { schemaVersion: 2 }));
    await store.save(taken(6, { schemaVersion: 1 }));
    assert.equal(await store.load(stream('1'), 2), undefined);
    assertKept(await store.load(stream('1'), 1), taken(6));
  },

  'keeps the later schema version of two snapshots of the same version': async store => {
    await store.save(taken(5, { schemaVersion: 2 }));
    await store.save(taken(5, { schemaVersion: 1 }));
    assertKept(await store.load(stream('1'), 2), taken(5, { schemaVersion: 2 }));
  },

  'keeps the latest of many that are saved at once': async store => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.save(taken(((index * 7) % 20) + 1))));
    assertKept(await store.load(stream('1'), 1), taken(20));
  },

  'returns the text of the state as it was, with its order, spaces and escapes': async store => {
    await assertState(store, '{"z": 1,  "a":"\\u0000 \\ud800 \\u00e4 Grüße 🎈 \\" \'", "10":0, "9":[1.10, -0, 1e400]}');
  },

  'takes a state of two million characters': async store => {
    await assertState(store, JSON.stringify({ text: 'x'.repeat(2_000_000) }));
  },

  'returns a state that is not JSON unchanged': async store => {
    await assertState(store, '{"torn":');
    await store.delete(stream('1'));
    await assertState(store, '');
  },

  'takes versions up to 2,147,483,647': async store => {
    const snapshot = taken(2_147_483_647, { schemaVersion: 2_147_483_647 });
    await store.save(snapshot);
    assertKept(await store.load(stream('1'), 2_147_483_647), snapshot);
  },

  'rejects a look-up whose signal is aborted, with the reason': async store => {
    const reason = new Error('no longer wanted');
    const looking = store.load(stream('1'), 1, { signal: AbortSignal.abort(reason) });
    assert.equal(await looking.catch(error => error), reason);
  },

  'forgets a snapshot that is deleted, and no other': async store => {
    await store.save(taken(10));
    await store.save(taken(7, { stream: stream('2') }));
    await store.delete(stream('1'));
    assert.equal(await store.load(stream('1'), 1), undefined);
    assertKept(await store.load(stream('2'), 1), taken(7, { stream: stream('2') }));
    await store.save(taken(5));
    assertKept(await store.load(stream('1'), 1), taken(5));
  },

  'deletes where there is nothing to delete': async store => {
    await store.delete(stream('nobody'));
    assert.equal(await store.load(stream('nobody'), 1), undefined);
  },
};
