import { InMemoryEventStore, InMemoryProjectionStore, type ProjectionStore } from '../../src/store';
import { projectionStoreContract } from '../../src/testing/projection-store-contract';
import { bound } from './bound';

type Breaking = (store: ProjectionStore) => Partial<ProjectionStore>;

const broken: Readonly<Record<string, Breaking>> = {
  'does not look at fences': store => ({ commit: ({ fence, ...commit }) => store.commit(commit) }),
  'gives a segment to everyone who asks': store => ({
    leases: {
      ...bound(store.leases),
      async claim(name, claim) {
        const outcome = await store.leases.claim(name, claim);
        return outcome.ok ? outcome : { ok: true, fence: 1n, position: await store.checkpoint(name) };
      },
    },
  }),
  'never lets a lease run out': store => ({
    leases: {
      ...bound(store.leases),
      claim: (name, claim) => store.leases.claim(name, { ...claim, duration: Math.max(claim.duration, 30_000) }),
    },
  }),
  'never forgets a member': store => ({
    leases: {
      ...bound(store.leases),
      join: (name, version, member) =>
        store.leases.join(name, version, { ...member, duration: Math.max(member.duration, 30_000) }),
    },
  }),
  'lists only who asks as a member': store => ({
    leases: {
      ...bound(store.leases),
      join: async (name, version, member) => {
        await store.leases.join(name, version, member);
        return [member.owner];
      },
    },
  }),
  'forgets what an owner says': store => ({
    leases: { ...bound(store.leases), claim: (name, { note, ...claim }) => store.leases.claim(name, claim) },
  }),
  'parks letters without the checkpoint': store => ({
    async commit({ park = [], ...commit }) {
      const from = await store.checkpoint(commit.checkpoint);
      await store.commit({ checkpoint: commit.checkpoint, from, to: from, writes: [], park });
      return store.commit(commit);
    },
  }),
  'forgets that a retry was asked for': store => ({
    deadLetters: { ...bound(store.deadLetters), retry: async () => 1 },
  }),
  'parks again what was discarded meanwhile': store => ({
    commit: ({ retried, ...commit }) => store.commit(commit),
  }),
  'takes back a request that came while the try was under way': store => ({
    commit: ({ answers, ...commit }) =>
      store.commit({ ...commit, ...(answers && { answers: { ...answers, retry: 1000 } }) }),
  }),
  'never takes back what a retry was asked for': store => ({
    commit: ({ answers, ...commit }) => store.commit(commit),
  }),
  'keeps letters where it drops': store => ({ drop: async () => true, prepare: schema => store.prepare(schema) }),
  'keeps what a transaction has written before it failed': store => ({
    transaction: work =>
      work({
        append: () => Promise.reject(new Error('no events')),
        readAll: () => Promise.reject(new Error('no events')),
        lock: name => store.checkpoint(name),
        parked: name => store.deadLetters.sequences(name),
        get: (...wanted) => store.get(...wanted),
        commit: commit => store.commit(commit),
        activate: (...version) => store.activate(...version),
      }),
  }),
  'runs work after the commit': store => ({
    async commit({ work = [], ...commit }) {
      const outcome = await store.commit(commit);
      for (const each of work) await each(undefined);
      return outcome;
    },
  }),
  'forgets what assigns events to segments': store => ({
    prepare: ({ sequenceBy, ...schema }) => store.prepare(schema),
  }),
  'forgets which segments a version took over from': store => ({
    prepare: ({ takenOver, ...schema }) => store.prepare(schema),
  }),
  'drops what readers see, though it was not meant': store => ({ drop: (name, version) => store.drop(name, version) }),
  'lets a late claim bring rows back': store => ({
    leases: {
      ...bound(store.leases),
      async claim(name, claim) {
        if (!(await store.versions(name.projection)).some(({ version }) => version === name.version))
          await store.prepare({ name: name.projection, version: name.version, indexes: ['group', 'rank'] });
        return store.leases.claim(name, claim);
      },
    },
  }),
  'answers a late commit as if there were a version': store => ({
    commit: commit =>
      store.commit(commit).catch(error => {
        if (error.code !== 'UNKNOWN_READ_MODEL') throw error;
        return { ok: false, checkpoint: 0n, fenced: false };
      }),
  }),
  'does not say what is closed': store => ({
    versions: async name => (await store.versions(name)).map(version => ({ ...version, closed: false })),
  }),
  'gives a segment in bulk to everyone who asks': store => ({
    bulk: {
      ...bound(store.bulk!),
      claim: async claims =>
        (await store.bulk!.claim(claims)).map(outcome => outcome && { ok: true, fence: 1n, position: 0n }),
    },
  }),
  'moves checkpoints in bulk whatever the fence': store => ({
    bulk: {
      ...bound(store.bulk!),
      async pass(moves) {
        for (const { from, to, fence, ...checkpoint } of moves)
          await store.commit({ checkpoint, from, to, writes: [] }).catch(() => undefined);
        return store.bulk!.pass(moves);
      },
    },
  }),
  'lists in bulk only who asks as a member': store => ({
    bulk: {
      ...bound(store.bulk!),
      join: async (versions, member) =>
        (await store.bulk!.join(versions, member)).map(owners => owners && [member.owner]),
    },
  }),
  'leaves in bulk the first version only': store => ({
    bulk: {
      ...bound(store.bulk!),
      leave: async (versions, owner) => {
        await store.bulk!.leave(versions.slice(0, 1), owner);
        return versions.map(() => true);
      },
    },
  }),
  'has one revision only': store => ({ prepare: ({ revision, ...schema }) => store.prepare(schema) }),
};

async function failures(breaking: Breaking): Promise<string[]> {
  const open = (): ProjectionStore => {
    const store = new InMemoryProjectionStore();
    return {
      ...bound(store),
      leases: store.leases,
      deadLetters: store.deadLetters,
      ...breaking(store),
    } as ProjectionStore;
  };
  const cases = projectionStoreContract({ open });
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
  return cases.flatMap(({ name }, place) => (outcomes[place]?.status === 'rejected' ? [name] : []));
}

describe('the contract notices a store that', () => {
  test.each(Object.entries(broken))(
    '%s',
    async (_, breaking) => {
      expect(await failures(breaking)).not.toEqual([]);
    },
    30_000,
  );

  test('and none that is whole', async () => {
    expect(await failures(() => ({}))).toEqual([]);
  });
});

describe('the contract notices a store that, opened again,', () => {
  const firstFences = new WeakMap<ProjectionStore, bigint>();
  /** What such a store does once it is opened again, and the cases that notice it. */
  const forgetful: Readonly<Record<string, { again: Breaking; noticedBy: readonly string[] }>> = {
    'has no documents': {
      again: () => ({ find: async () => ({ items: [], cursor: undefined }) }),
      noticedBy: [
        'keeps documents and their indexes when it is closed and opened again',
        'continues from its checkpoints when it is opened again',
        'keeps its versions, and which one is active, when it is opened again',
      ],
    },
    'begins at position 0': {
      again: () => ({ checkpoint: async () => 0n }),
      noticedBy: ['continues from its checkpoints when it is opened again'],
    },
    'has no leases': {
      again: store => ({ leases: { ...store.leases, segments: async () => [] } }),
      noticedBy: ['keeps leases, and gives higher fences, when it is opened again'],
    },
    'gives the same fences again': {
      again: store => ({
        leases: {
          ...store.leases,
          claim: async (...claim) => {
            const outcome = await store.leases.claim(...claim);
            return outcome.ok ? { ...outcome, fence: firstFences.get(store) ?? outcome.fence } : outcome;
          },
        },
      }),
      noticedBy: [
        'keeps leases, and gives higher fences, when it is opened again',
        'never reuses the fence of a version that was dropped before it was opened again',
      ],
    },
    'has no dead letters': {
      again: () => ({ deadLetters: new InMemoryProjectionStore().deadLetters }),
      noticedBy: ['keeps dead letters and requested retries when it is opened again'],
    },
    'does not know which version is active': {
      again: () => ({ active: async () => undefined }),
      noticedBy: ['keeps its versions, and which one is active, when it is opened again'],
    },
    'has dropped versions again': {
      again: store => ({ versions: async name => store.versions(name === 'things' ? 'kept' : name) }),
      noticedBy: [
        'keeps its versions, and which one is active, when it is opened again',
        'has nothing of a dropped version when it is opened again',
      ],
    },
  };
  const open = async (): Promise<ProjectionStore> => {
    const store: ProjectionStore = new InMemoryProjectionStore();
    await store.prepare({ name: 'kept', version: 1, indexes: [] });
    const claim = store.leases.claim.bind(store.leases);
    const leases: ProjectionStore['leases'] = {
      ...bound(store.leases),
      async claim(...given) {
        const outcome = await claim(...given);
        if (outcome.ok && !firstFences.has(whole)) firstFences.set(whole, outcome.fence);
        return outcome;
      },
    };
    const whole: ProjectionStore = { ...bound(store), leases, deadLetters: store.deadLetters };
    return whole;
  };

  async function noticing(again: Breaking): Promise<string[]> {
    const reopen = (store: ProjectionStore): ProjectionStore => ({
      ...store,
      ...again(store),
    });
    const always = new Set(projectionStoreContract({ open }).map(({ name }) => name));
    const cases = projectionStoreContract({ open, reopen }).filter(({ name }) => !always.has(name));
    expect(cases).toHaveLength(7);
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return cases.flatMap(({ name }, place) => (outcomes[place]?.status === 'rejected' ? [name] : []));
  }

  test.each(Object.entries(forgetful))('%s', async (_, { again, noticedBy }) => {
    expect(await noticing(again)).toEqual(noticedBy);
  });

  test('has nothing at all', async () => {
    expect(await noticing(() => bound(new InMemoryProjectionStore()))).toHaveLength(6);
  });

  test('and none that keeps everything', async () => {
    expect(await noticing(() => ({}))).toEqual([]);
  });
});

describe('the contract notices a store that goes on after its event store is closed', () => {
  /** Another store, which goes on; both know the versions that are prepared. */
  const beside = (store: ProjectionStore) => {
    const other = new InMemoryProjectionStore();
    const prepare: ProjectionStore['prepare'] = async schema => {
      await store.prepare(schema);
      await other.prepare(schema);
    };
    return { other, prepare };
  };
  const answering: Readonly<Record<string, Breaking>> = {
    'with its documents': store => {
      const { other, prepare } = beside(store);
      return { ...bound(other), prepare, leases: store.leases, deadLetters: store.deadLetters };
    },
    'with its leases': store => {
      const { other, prepare } = beside(store);
      return { prepare, leases: other.leases };
    },
    'with its dead letters': () => ({ deadLetters: new InMemoryProjectionStore().deadLetters }),
  };

  function closing(breaking: Breaking): Promise<void> {
    const events = new InMemoryEventStore();
    const { projections } = events;
    const { leases, deadLetters } = projections;
    const open = (): ProjectionStore => ({ ...bound(projections), leases, deadLetters, ...breaking(projections) });
    return projectionStoreContract({ open, events: () => events })
      .find(({ name }) => name === 'refuses everything after the event store is closed')!
      .run();
  }

  test.each(Object.entries(answering))('%s', async (_, breaking) => {
    await expect(closing(breaking)).rejects.toThrow('was answered with');
  });

  test('and none that is whole', () => closing(() => ({})));
});
