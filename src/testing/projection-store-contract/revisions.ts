import assert from 'node:assert/strict';
import { NAME, refused, type SceneCheck, schema } from './fixtures';

const PLAIN = { sequenceBy: 'aggregate', takenOver: [], replayUntil: 0n, active: false, closed: false };

/** Which revisions there are versions of. */
export const revisionChecks: Readonly<Record<string, SceneCheck>> = {
  'lists the versions that were prepared, with their revisions and segments': async ({ store }) => {
    assert.deepEqual(await store.versions(NAME), []);
    await store.prepare({ ...schema({ version: 10 }), revision: 4, segments: 256, replayUntil: 2n ** 53n + 1n });
    await store.prepare({ ...schema({ version: 10 }), revision: 4, segments: 256, replayUntil: 7n });
    await store.prepare({ ...schema({ version: 2, indexes: [] }), revision: 3, segments: 16 });
    await store.prepare(schema());
    await store.prepare(schema({ name: 'other' }));
    const [one, two, ten] = [
      { ...PLAIN, version: 1, revision: 1, segments: 1, indexes: ['group', 'rank'] },
      { ...PLAIN, version: 2, revision: 3, segments: 16, indexes: [] },
      { ...PLAIN, version: 10, revision: 4, segments: 256, indexes: ['group', 'rank'], replayUntil: 2n ** 53n + 1n },
    ];
    assert.deepEqual(await store.versions(NAME), [one, two, ten]);
    await store.activate(NAME, 2);
    assert.deepEqual(await store.versions(NAME), [{ ...one, closed: true }, { ...two, active: true }, ten]);
    await store.drop(NAME, 1);
    assert.deepEqual(await store.versions(NAME), [{ ...two, active: true }, ten]);
    for (const name of ['nobody', '', '\0', '__proto__']) assert.deepEqual(await store.versions(name), []);
  },

  'refuses to prepare a version again with another revision or number of segments': async ({ store }) => {
    await store.prepare({ ...schema(), revision: 2, segments: 4 });
    await store.prepare({ ...schema(), revision: 2, segments: 4 });
    const others = [{}, { revision: 2 }, { segments: 4 }, { revision: 3, segments: 4 }, { revision: 2, segments: 5 }];
    await refused('INVALID_READ_MODEL', ...others.map(other => () => store.prepare({ ...schema(), ...other })));
    await store.drop(NAME, 1);
    await store.prepare({ ...schema(), revision: 3 });
    assert.deepEqual(
      (await store.versions(NAME)).map(({ revision, segments }) => [revision, segments]),
      [[3, 1]],
    );
  },

  'keeps what assigns events to segments, and which segments a version took over from': async ({ store }) => {
    const takenOver = [
      { sequenceBy: 'all', positions: [7n] },
      { sequenceBy: "the customer's 漢", positions: [0n, 2n ** 62n, 5n] },
    ];
    const whole = { ...schema(), segments: 2, sequenceBy: 'the warehouse', takenOver };
    await store.prepare(whole);
    await store.prepare(whole);
    const [known] = await store.versions(NAME);
    assert.deepEqual([known!.sequenceBy, known!.takenOver], [whole.sequenceBy, takenOver]);
    const others = [
      ...[{ sequenceBy: 'aggregate' }, { sequenceBy: undefined }, { takenOver: [] }, { takenOver: undefined }],
      ...[
        { takenOver: takenOver.slice(1) },
        { takenOver: [...takenOver].reverse() },
        { takenOver: [takenOver[0], { ...takenOver[1], positions: [0n, 1n, 5n] }] },
      ],
    ] as object[];
    await refused('INVALID_READ_MODEL', ...others.map(other => () => store.prepare({ ...whole, ...other })));
    const wrong: object[] = [
      ...['', '\0', '\ud800', 'x'.repeat(256), 7, null].flatMap(sequenceBy => [
        { sequenceBy },
        { takenOver: [{ sequenceBy, positions: [1n] }] },
      ]),
      ...[undefined, [], [1], ['1'], [-1n]].map(positions => ({ takenOver: [{ sequenceBy: 'all', positions }] })),
      ...[{ takenOver: null }, { takenOver: 'all' }, { takenOver: [null] }],
    ];
    await refused(
      'INVALID_READ_MODEL',
      ...wrong.map(part => () => store.prepare({ ...schema({ version: 2 }), ...part })),
    );
    assert.equal((await store.versions(NAME)).length, 1);
  },

  'refuses malformed revisions and numbers of segments': async ({ store }) => {
    const wrong = [0, -1, 1.5, 2 ** 31, '1', null] as unknown[];
    const parts: object[] = [
      ...wrong.map(revision => ({ revision })),
      ...[...wrong, 257].map(segments => ({ segments })),
      ...[-1n, 1, null, 2n ** 63n].map(replayUntil => ({ replayUntil })),
    ];
    await refused('INVALID_READ_MODEL', ...parts.map(part => () => store.prepare({ ...schema(), ...part })));
    assert.deepEqual(await store.versions(NAME), []);
  },
};
