import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteEventStore, sqlite } from '../../src/adapters/sqlite';
import {
  type CheckpointName,
  CustomEventStore,
  type DocumentQuery,
  type EventStore,
  InMemoryEventStore,
  InMemoryProjectionStore,
  type ProjectionCommit,
  type ProjectionStore,
} from '../../src/store';
import {
  type ProjectionStoreContractOptions,
  projectionStoreContract,
} from '../../src/testing/projection-store-contract';
import { partOptions } from '../support/stores/part-options';
import { TESTED } from '../support/stores/tested';
import { bound } from './bound';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-projections-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const beside = (open: () => EventStore, again?: (closed: EventStore) => EventStore): ProjectionStoreContractOptions =>
  partOptions((store: EventStore) => store.projections!, open, again);

/** Passes an event store on, with its projections, which append as it does and say so. */
function custom(store: EventStore): EventStore {
  const { leases, deadLetters } = store.projections!;
  const projections = { ...bound(store.projections!), leases, deadLetters };
  const passing = new CustomEventStore({
    append: appends => store.append(appends),
    readAll: page => store.readAll(page),
    close: () => store.close(),
    projections,
  });
  Object.assign(projections, { eventsBeside: { store: passing, append: passing.append, readAll: passing.readAll } });
  return passing;
}

const stores: Readonly<Record<string, ProjectionStoreContractOptions>> = {
  InMemoryProjectionStore: { open: () => new InMemoryProjectionStore() },
  InMemoryEventStore: beside(() => new InMemoryEventStore()),
  CustomEventStore: beside(() => custom(new InMemoryEventStore())),
  ...(TESTED.includes('SQLite') && {
    SqliteEventStore: beside(
      () => sqlite(join(folder, `${++files}.db`)),
      closed => sqlite((closed as SqliteEventStore).file),
    ),
    'SqliteEventStore without a file': beside(() => sqlite(':memory:')),
  }),
};

describe.each(Object.entries(stores))('%s', (_, options) => {
  test.each(projectionStoreContract(options).map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run());
});

describe('the contract notices a store that', () => {
  const right = (): ProjectionStore => new InMemoryProjectionStore();
  /** Moves the checkpoint to where the commit believes it to be. */
  async function force(store: ProjectionStore, { checkpoint, from }: ProjectionCommit): Promise<bigint> {
    const actual = await store.checkpoint(checkpoint);
    if (actual < from) await store.commit({ checkpoint, from: actual, to: from, writes: [] });
    return actual;
  }
  const broken: Readonly<Record<string, (store: ProjectionStore) => Partial<ProjectionStore>>> = {
    'does not compare the checkpoint': store => ({
      async commit(commit) {
        const from = await force(store, commit);
        return store.commit({
          ...commit,
          from: from > commit.from ? from : commit.from,
          to: from > commit.to ? from : commit.to,
        });
      },
    }),
    'compares first and writes later': store => ({
      async commit(commit) {
        const checkpoint = await store.checkpoint(commit.checkpoint);
        if (checkpoint !== commit.from) return { ok: false, checkpoint, fenced: false };
        const writing = await store.checkpoint(commit.checkpoint);
        return store.commit({ ...commit, from: writing, to: writing > commit.to ? writing : commit.to });
      },
    }),
    'writes documents also where the checkpoint is elsewhere': store => ({
      async commit(commit) {
        const checkpoint = { ...commit.checkpoint, segment: 99 };
        const from = await store.checkpoint(checkpoint);
        await store.commit({ checkpoint, from, to: from, writes: commit.writes });
        return store.commit({ ...commit, writes: [] });
      },
    }),
    'writes one document after the other': store => ({
      async commit(commit) {
        for (const write of commit.writes.slice(0, -1))
          await store.commit({ ...commit, to: commit.from, writes: [write] });
        return store.commit({ ...commit, writes: commit.writes.slice(-1) });
      },
    }),
    'moves the checkpoint before it writes': store => ({
      async commit(commit) {
        const moved = await store.commit({ ...commit, writes: [] });
        return moved.ok ? store.commit({ ...commit, from: commit.to }) : moved;
      },
    }),
    'has one checkpoint for all segments': store => ({
      checkpoint: (name: CheckpointName) => store.checkpoint({ ...name, segment: 0 }),
      commit: commit => store.commit({ ...commit, checkpoint: { ...commit.checkpoint, segment: 0 } }),
    }),
    'leaves documents where it drops': store => ({
      async drop(name, version, options) {
        const found = await store.find(name, version, { limit: 1000 }).catch(() => undefined);
        const gone = await store.drop(name, version, options);
        if (!found || !gone) return gone;
        await store.prepare({ name, version, indexes: ['group', 'rank'] });
        await store.prepare({ name: 'kept', version, indexes: [] });
        const writes = found.items.map(({ id, document }) => ({ readModel: name, version, id, document }));
        await store.commit({ checkpoint: { projection: 'kept', version, segment: 0 }, from: 0n, to: 0n, writes });
        return gone;
      },
    }),
    'counts documents in its cursors': store => ({
      async find(readModel, version, { after, ...query }: DocumentQuery = {}) {
        const { items } = await store.find(readModel, version, { ...query, limit: 1000 });
        const [from, limit] = [Number(after ?? 0), query.limit ?? 100];
        return {
          items: items.slice(from, from + limit),
          cursor: items.length > from + limit ? `${from + limit}` : undefined,
        };
      },
    }),
    'gives its own documents away': store => {
      const kept = new Map<string, object>();
      return {
        async get(readModel, version, ids) {
          for (const [id, document] of await store.get(readModel, version, ids))
            if (!kept.has(id)) kept.set(id, structuredClone(document));
          return kept;
        },
      };
    },
  };

  /** Stops at the first: a store that is broken can keep later cases waiting. */
  async function failures(breaking: (store: ProjectionStore) => Partial<ProjectionStore>): Promise<number> {
    const open = (): ProjectionStore => {
      const store = right();
      return { ...bound(store), leases: store.leases, deadLetters: store.deadLetters, ...breaking(store) };
    };
    for (const { run } of projectionStoreContract({ open })) {
      const failed = await run().then(
        () => false,
        () => true,
      );
      if (failed) return 1;
    }
    return 0;
  }

  test.each(Object.entries(broken))('%s', async (_, breaking) => {
    expect(await failures(breaking)).toBeGreaterThan(0);
  });

  test('and none that is whole', async () => {
    expect(await failures(() => ({}))).toBe(0);
  });
});
