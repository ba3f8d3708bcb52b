import assert from 'node:assert/strict';
import type { NewDeadLetter, ProjectionStore } from '../../store';
import { all, commit, filled, NAME, refused, type SceneCheck, schema, segment, write } from './fixtures';

const name = { projection: NAME, version: 1 };

const letter = (sequence: string, position: bigint, more: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
  ...{ sequence, position, error: `failed at ${position}`, attempts: 5 },
  ...more,
});

/** Of an event that waits for those before it. */
const waiting = (sequence: string, position: bigint): NewDeadLetter =>
  letter(sequence, position, { error: undefined, attempts: 0 });

/** Parks letters of two sequences and two segments. */
async function parked(store: ProjectionStore): Promise<void> {
  const park = [waiting('a', 5n), letter('b', 2n), letter('a', 3n)];
  assert.deepEqual(await store.commit({ ...commit(0n, 9n), park }), { ok: true });
  const other = { ...commit(0n, 9n), checkpoint: segment({ segment: 1 }), park: [letter('c', 4n), waiting('c', 12n)] };
  assert.deepEqual(await store.commit(other), { ok: true });
}

const positions = async (store: ProjectionStore, ...page: [object?]): Promise<bigint[]> =>
  (await store.deadLetters.list(name, ...page)).map(({ position }) => position);

const retries = async (store: ProjectionStore): Promise<string[]> =>
  (await store.deadLetters.sequences(name)).flatMap(({ sequence, retry }) => (retry === undefined ? [] : [sequence]));

async function retryOf(store: ProjectionStore, sequence: string): Promise<number> {
  const retry = (await store.deadLetters.sequences(name)).find(each => each.sequence === sequence)?.retry;
  assert.ok(retry !== undefined, `no retry() has asked for '${sequence}'`);
  return retry;
}

/** Commits that the first event of a sequence has failed in a try that was asked for. */
async function failsAgain(store: ProjectionStore, at: bigint, parked: NewDeadLetter): Promise<void> {
  const { sequence } = parked;
  await store.commit({
    ...commit(at, at),
    park: [parked],
    answers: { sequence, retry: await retryOf(store, sequence) },
  });
}

/** What could not be handled. */
export const deadLetterChecks: Readonly<Record<string, SceneCheck>> = {
  'letters are parked together with the checkpoint, and listed by position': async ({ store }) => {
    await store.prepare(schema());
    const before = Date.now();
    await parked(store);
    const letters = await store.deadLetters.list(name);
    const expected = [letter('b', 2n), letter('a', 3n), letter('c', 4n), waiting('a', 5n), waiting('c', 12n)];
    assert.deepEqual(
      letters,
      expected.map((each, place) => ({
        ...each,
        segment: each.sequence === 'c' ? 1 : 0,
        parkedAt: letters[place]!.parkedAt,
      })),
    );
    for (const { parkedAt } of letters) {
      assert.match(parkedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(Math.abs(Date.parse(parkedAt) - before) < 3_600_000, parkedAt);
    }
  },

  'a commit that is refused, or fails, parks and unparks nothing': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    const changes = { park: [letter('d', 10n)], unpark: [2n, 3n] };
    assert.equal((await store.commit({ ...commit(8n, 20n), ...changes })).ok, false);
    assert.equal((await store.commit({ ...commit(9n, 20n), ...changes, fence: 77n })).ok, false);
    await refused('UNKNOWN_READ_MODEL', () =>
      store.commit({ ...commit(9n, 20n, write('a', {}, { version: 2 })), ...changes }),
    );
    await refused('UNSTORABLE_VALUE', () =>
      store.commit({ ...commit(9n, 20n, write('a', { n: Number.NaN })), ...changes }),
    );
    assert.deepEqual(await positions(store), [2n, 3n, 4n, 5n, 12n]);
  },

  'a commit unparks letters of its own segment, and writes their documents': async ({ store }) => {
    await filled(store, {});
    await store.commit({ ...commit(1n, 9n), park: [letter('a', 3n), waiting('a', 5n)] });
    await store.commit({ ...commit(0n, 9n), checkpoint: segment({ segment: 1 }), park: [letter('c', 4n)] });
    const outcome = await store.commit({ ...commit(9n, 9n, write('a', { done: true })), unpark: [3n, 4n, 77n] });
    assert.deepEqual(outcome, { ok: true });
    assert.deepEqual([await positions(store), await all(store)], [[4n, 5n], { a: { done: true } }]);
  },

  'a letter that is parked again has the new error and attempts, and the first time of parking': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    const before = (await store.deadLetters.list(name)).find(({ position }) => position === 3n);
    await store.commit({
      ...commit(9n, 9n),
      park: [letter('a', 3n, { error: 'first', attempts: 9 }), letter('a', 3n, { attempts: 10 })],
    });
    const after = (await store.deadLetters.list(name)).find(({ position }) => position === 3n);
    assert.deepEqual(after, { ...before, attempts: 10 });
    assert.deepEqual(await positions(store), [2n, 3n, 4n, 5n, 12n]);
  },

  'a retry of a letter that is no longer parked changes nothing, whether it succeeded or failed': async ({ store }) => {
    await filled(store, {});
    await store.commit({ ...commit(1n, 9n), park: [letter('a', 3n), waiting('a', 5n)] });
    const done = { ...commit(9n, 9n, write('a', { done: true })), unpark: [3n], retried: 3n };
    const failed = { ...commit(9n, 9n), park: [letter('a', 3n, { attempts: 6 })], retried: 3n };
    assert.deepEqual(await store.commit(failed), { ok: true });
    assert.equal((await store.deadLetters.list(name))[0]?.attempts, 6);
    assert.equal(await store.deadLetters.discard(name, { position: 3n }), 1);
    const outdated = { ok: false, checkpoint: 9n, fenced: false, outdated: true };
    for (const commit of [done, failed, { ...failed, work: [() => assert.fail('its work was run')] }])
      assert.deepEqual(await store.commit(commit), outdated);
    assert.deepEqual([await positions(store), await all(store)], [[5n], {}]);
    const fenced = { ...done, fence: 77n };
    assert.deepEqual(await store.commit(fenced), { ok: false, checkpoint: 9n, fenced: true }, 'the fence comes first');
    assert.deepEqual(await store.commit({ ...done, unpark: [5n], retried: 5n }), { ok: true });
    assert.deepEqual([await positions(store), await all(store)], [[], { a: { done: true } }]);
    await refused('INVALID_COMMIT', () => store.commit({ ...commit(9n, 9n), retried: 5 as never }));
  },

  'unparks before it parks': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    await store.commit({ ...commit(9n, 9n), unpark: [3n, 5n], park: [letter('a', 5n)] });
    assert.deepEqual(await positions(store), [2n, 4n, 5n, 12n]);
  },

  'lists sequences by their first event, with how many wait, also of one segment': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    const [a, b, c] = [
      { sequence: 'a', segment: 0, events: 2, position: 3n, error: 'failed at 3', retry: undefined },
      { sequence: 'b', segment: 0, events: 1, position: 2n, error: 'failed at 2', retry: undefined },
      { sequence: 'c', segment: 1, events: 2, position: 4n, error: 'failed at 4', retry: undefined },
    ];
    assert.deepEqual(await store.deadLetters.sequences(name), [b, a, c]);
    assert.deepEqual(await store.deadLetters.sequences(name, 0), [b, a]);
    assert.deepEqual(await store.deadLetters.sequences(name, 1), [c]);
    assert.deepEqual(await store.deadLetters.sequences(name, 2), []);
    assert.equal(await store.deadLetters.discard(name, { position: 3n }), 1);
    assert.deepEqual(await store.deadLetters.sequences(name), [
      b,
      c,
      { ...a, events: 1, position: 5n, error: undefined },
    ]);
  },

  'lists letters page by page, also of one sequence': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    assert.deepEqual(await positions(store, { limit: 2 }), [2n, 3n]);
    assert.deepEqual(await positions(store, { after: 3n, limit: 2 }), [4n, 5n]);
    assert.deepEqual(await positions(store, { after: 12n }), []);
    assert.deepEqual(await positions(store, { sequence: 'a' }), [3n, 5n]);
    assert.deepEqual(await positions(store, { sequence: 'a', after: 3n, limit: 1 }), [5n]);
    assert.deepEqual(await positions(store, { sequence: 'nobody' }), []);
    const park = Array.from({ length: 150 }, (_, n) => letter('many', BigInt(100 + n)));
    await store.commit({ ...commit(9n, 300n), park });
    assert.equal((await positions(store)).length, 100);
    assert.equal((await positions(store, { limit: 1000 })).length, 155);
    const wrong: object[] = [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { after: -1n }, { after: 1 }];
    await refused('INVALID_PAGE', ...wrong.map(page => () => store.deadLetters.list(name, page)));
  },

  'requests a retry of a sequence, or of all, until it was made': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    assert.deepEqual([await store.deadLetters.retry(name, 'a'), await store.deadLetters.retry(name, 'nobody')], [1, 0]);
    assert.deepEqual(await retries(store), ['a']);
    await store.commit({ ...commit(9n, 15n), park: [waiting('a', 15n)] });
    assert.deepEqual(await retries(store), ['a'], 'an event that joins the sequence takes nothing back');
    await store.commit({ ...commit(15n, 15n), unpark: [3n] });
    assert.deepEqual(await retries(store), ['a'], 'nor does the success of the first');
    await failsAgain(store, 15n, letter('a', 5n));
    assert.deepEqual(await retries(store), []);
    assert.equal(await store.deadLetters.retry(name), 3);
    assert.deepEqual(await retries(store), ['b', 'c', 'a']);
    await store.commit({ ...commit(15n, 15n), unpark: [2n] });
    await store.commit({ ...commit(15n, 16n), park: [letter('b', 16n)] });
    assert.deepEqual(await retries(store), ['c', 'a'], 'a sequence that was free in between is parked anew');
  },

  'a failed retry answers the request that it started from, and none made since': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    await store.deadLetters.retry(name, 'a');
    const answers = { sequence: 'a', retry: await retryOf(store, 'a') };
    const failed = { ...commit(9n, 9n), park: [letter('a', 3n, { attempts: 6 })], answers };
    await store.deadLetters.retry(name);
    assert.equal((await store.commit({ ...commit(8n, 9n), answers })).ok, false);
    await store.commit(failed);
    assert.deepEqual(await retries(store), ['b', 'a', 'c'], 'the second request is still there');
    const second = await retryOf(store, 'a');
    await store.commit({
      ...commit(9n, 12n),
      park: [waiting('a', 12_000n)],
      answers: { sequence: 'a', retry: second },
    });
    assert.deepEqual(await retries(store), ['b', 'c'], 'answered, for what joins it, too');
    await store.deadLetters.retry(name, 'a');
    await store.commit({ ...commit(12n, 12n), answers });
    assert.deepEqual(await retries(store), ['b', 'a', 'c'], 'an answer that comes again takes nothing back');
    await store.commit({ ...commit(12n, 12n), answers: { sequence: 'nobody', retry: 1 } });
  },

  'discards one event, a sequence, or all': async ({ store }) => {
    await store.prepare(schema());
    await parked(store);
    const discard = (which?: object): Promise<number> => store.deadLetters.discard(name, which);
    assert.deepEqual([await discard({ position: 77n }), await discard({ sequence: 'nobody' })], [0, 0]);
    assert.equal(await discard({ sequence: 'a', position: 2n }), 0);
    assert.equal(await discard({ position: 2n }), 1);
    assert.equal(await discard({ sequence: 'a', position: 5n }), 1);
    assert.deepEqual(await positions(store), [3n, 4n, 12n]);
    assert.equal(await discard({ sequence: 'c' }), 2);
    await store.commit({ ...commit(9n, 20n), park: [letter('d', 20n)] });
    assert.equal(await discard(), 2);
    assert.deepEqual([await positions(store), await store.deadLetters.sequences(name)], [[], []]);
    assert.equal(await store.checkpoint(segment()), 20n);
  },

  'takes errors and sequences of every kind, and cuts errors to 4,000 characters': async ({ store }) => {
    await store.prepare(schema());
    const errors = ['', `Grüße 🎈 ' " \\ \u2028 \n $1`, 'x'.repeat(5000), 'NUL \0 and half \ud800 a pair'];
    const sequences = ['__proto__', "it's; --", '漢'.repeat(255), 'constructor'];
    const park = errors.map((error, place) => letter(sequences[place]!, BigInt(place + 1), { error }));
    await store.commit({ ...commit(0n, 9n), park });
    const letters = await store.deadLetters.list(name);
    assert.deepEqual(
      letters.map(({ error }) => error),
      [errors[0], errors[1], 'x'.repeat(4000), 'NUL \ufffd and half \ufffd a pair'],
    );
    for (const [place, sequence] of sequences.entries()) {
      assert.deepEqual(await positions(store, { sequence }), [BigInt(place + 1)]);
      assert.equal(await store.deadLetters.retry(name, sequence), 1);
      assert.equal(await store.deadLetters.discard(name, { sequence }), 1);
    }
  },

  'keeps projections and versions apart, and finds nothing under impossible names': async ({ store }) => {
    for (const other of [{}, { version: 2 }, { name: 'other' }]) await store.prepare(schema(other));
    await parked(store);
    for (const other of [{ version: 2 }, { projection: 'other' }]) {
      await store.commit({ ...commit(0n, 1n), checkpoint: segment(other), park: [letter('a', 3n)] });
    }
    const { deadLetters } = store;
    assert.equal((await deadLetters.list({ projection: NAME, version: 2 })).length, 1);
    assert.equal(await deadLetters.discard({ projection: NAME, version: 2 }), 1);
    const none = [
      { projection: 'nobody' },
      { projection: '' },
      { projection: '\0' },
      { version: 1.5 },
      { version: 2 ** 40 },
    ];
    for (const wrong of none.map(part => ({ ...name, ...part }))) {
      assert.deepEqual([await deadLetters.list(wrong), await deadLetters.sequences(wrong)], [[], []]);
      assert.deepEqual([await deadLetters.retry(wrong), await deadLetters.discard(wrong)], [0, 0]);
    }
    for (const sequence of ['', '\0', '\ud800', 'x'.repeat(300)]) {
      assert.deepEqual(await deadLetters.list(name, { sequence }), []);
      assert.deepEqual(
        [await deadLetters.retry(name, sequence), await deadLetters.discard(name, { sequence })],
        [0, 0],
      );
    }
    assert.deepEqual(await positions(store), [2n, 3n, 4n, 5n, 12n]);
    assert.equal((await deadLetters.list({ projection: 'other', version: 1 })).length, 1);
  },

  'dropping a version drops its letters': async ({ store }) => {
    for (const version of [1, 2]) await store.prepare(schema({ version }));
    await parked(store);
    await store.commit({ ...commit(0n, 1n), checkpoint: segment({ version: 2 }), park: [letter('a', 3n)] });
    await store.drop(NAME, 1);
    assert.deepEqual([await positions(store), await store.deadLetters.sequences(name)], [[], []]);
    assert.equal((await store.deadLetters.list({ projection: NAME, version: 2 })).length, 1);
  },

  'refuses letters that are malformed': async ({ store }) => {
    const wrong: object[] = [
      ...['', '\0', 'x'.repeat(256), 7, undefined].map(sequence => ({ sequence })),
      ...[0n, -1n, 2n ** 63n, 1, undefined].map(position => ({ position })),
      ...[-1, 1.5, '1', undefined].map(attempts => ({ attempts })),
      ...[7, null, new Error('no text')].map(error => ({ error })),
    ];
    const parts: object[] = [
      ...wrong.map(part => ({ park: [letter('a', 1n), { ...letter('a', 2n), ...part }] })),
      ...['', null, {}, { sequence: 'a' }, { sequence: '', retry: 1 }, { sequence: 'a', retry: 0 }].map(answers => ({
        answers,
      })),
      ...[{ park: {} }, { unpark: 1n }, { unpark: [1] }, { unpark: [0n] }],
    ];
    await refused('INVALID_COMMIT', ...parts.map(part => () => store.commit({ ...commit(0n, 1n), ...part })));
    assert.deepEqual([await positions(store), await store.checkpoint(segment())], [[], 0n]);
  },
};
