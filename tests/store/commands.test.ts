import { derivedId, EventReader, newId } from '../../src/messages';
import { ActiveVersions, defineProjection, InlineEventStore, type ProjectionContext } from '../../src/processing';
import {
  type CommandClaim,
  type EventStore,
  InMemoryCommandJournal,
  InMemoryEventStore,
  KnownHistory,
} from '../../src/store';
import { VirtualClock } from '../../src/testing';
import { range } from '../support/events';
import { SILENT } from '../support/logger';
import { built, Program } from '../support/programs';
import { testFiles } from '../support/stores/files';
import { withFiles, withSchema, withStores } from '../support/stores/stores';
import { DURABLE, type StoreName, TESTED } from '../support/stores/tested';
import type { Where } from '../support/stores/where';
import { until } from '../support/waiting';
import type { Claiming } from './claiming-process';

const files = testFiles();
const claiming = built('claiming-process', files.folder, __dirname);

const claimOf = (id: string, more: Partial<CommandClaim> = {}): CommandClaim => ({
  ...{ id, fingerprint: 'Do(1)', token: newId(), lease: 1000, keep: 60_000 },
  ...more,
});

const to = (aggregateId: string, ...names: string[]) => ({
  ...{ stream: { aggregateName: 'Thing', aggregateId }, expected: 'any' as const },
  events: names.map((name, n) => ({ id: derivedId(aggregateId, n + 1), name, payload: {} })),
});

/** Lends a store whose time the test decides, and a way to count what it keeps of commands. */
async function withClock(
  name: StoreName,
  use: (store: EventStore, clock: VirtualClock, count: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  if (name === 'memory') {
    const journal = new InMemoryCommandJournal({ clock });
    const memory = new InMemoryEventStore({ clock });
    const append: EventStore['append'] = async (appends, options) => {
      const outcome = await memory.append(appends);
      if (outcome.ok && options?.command) journal.record(options.command, outcome.events);
      return outcome;
    };
    const store = { append, readAll: memory.readAll.bind(memory), commands: journal } as unknown as EventStore;
    return use(store, clock, async () => journal.size);
  }
  if (name === 'SQLite')
    return withFiles(async each => {
      const store = each.store(each.path(), { clock, synchronous: 'normal' });
      const shell = each.shell(store.file);
      await use(
        store,
        clock,
        async () => (shell.prepare('select count(*) as n from commands').get() as { n: number }).n,
      );
    });
  return withSchema(async schema => {
    const count = async () =>
      Number((await schema.sql(`select count(*) from "${schema.name}".eventuality_commands`))[0].count);
    await use(schema.open({ clock }), clock, count);
  });
}

describe.each(TESTED)('%s', name => {
  test(
    'does not keep commands for ever',
    () =>
      withClock(name, async (store, clock, count) => {
        for (let round = 1; round <= 20; round++) {
          for (const n of range(1, 50)) {
            const claim = claimOf(`${round}-${n}`, { lease: 10, keep: 100 });
            await store.commands!.claim(claim);
            // One in three dies on the way.
            if (n % 3 === 1) await store.commands!.complete(claim, { aggregateId: '', version: 0 });
            if (n % 3 === 2) await store.append([to(claim.id, 'Happened')], { command: claim });
          }
          clock.advanceBy(200);
        }
        for (const n of range(1, 64)) await store.commands!.claim(claimOf(`last ${n}`));
        expect(await count()).toBeLessThan(250);
        expect((await store.readAll()).length).toBeGreaterThan(300);
      }),
    60_000,
  );

  test('keeps results for as long as it was told, also when the clock is set back', () =>
    withClock(name, async (store, clock) => {
      const claim = claimOf('c', { keep: 10_000 });
      await store.commands!.claim(claim);
      await store.append([to('c', 'Happened')], { command: claim });
      for (const time of [0, 9_999, -3_600_000]) {
        clock.setTo(Date.UTC(2020, 0, 1) + time);
        expect(await store.commands!.claim(claimOf('c'))).toMatchObject({ state: 'done' });
      }
      clock.setTo(Date.UTC(2020, 0, 1) + 10_000);
      expect(await store.commands!.claim(claimOf('c'))).toEqual({ state: 'claimed' });
    }));

  test('counts a claim as run out when the clock was set back by more than its lease', () =>
    withClock(name, async (store, clock) => {
      await store.commands!.claim(claimOf('c', { lease: 1000 }));
      clock.setTo(Date.UTC(2020, 0, 1) - 900);
      expect(await store.commands!.claim(claimOf('c'))).toMatchObject({ state: 'running' });
      clock.setTo(Date.UTC(2020, 0, 1) - 3_600_000);
      expect(await store.commands!.claim(claimOf('c'))).toEqual({ state: 'claimed' });
    }));

  test('holds a claim until the millisecond in which its lease ends', () =>
    withClock(name, async (store, clock) => {
      await store.commands!.claim(claimOf('c', { lease: 1000 }));
      clock.advanceBy(999);
      expect(await store.commands!.claim(claimOf('c'))).toMatchObject({ state: 'running' });
      clock.advanceBy(1);
      expect(await store.commands!.claim(claimOf('c'))).toEqual({ state: 'claimed' });
    }));

  test('refuses claims when it is closed', () =>
    withStores(name, 1, async ([store]) => {
      const claim = claimOf('c');
      await store!.commands!.claim(claim);
      await store!.close();
      const closed = { code: 'STORE_CLOSED' };
      await expect(store!.commands!.claim(claimOf('d'))).rejects.toMatchObject(closed);
      await expect(store!.commands!.renew(claim, 1000)).rejects.toMatchObject(closed);
      await expect(store!.commands!.complete(claim, { aggregateId: '', version: 0 })).rejects.toMatchObject(closed);
      await expect(store!.commands!.release(claim)).rejects.toMatchObject(closed);
    }));

  test('records a command whose events inline projections handle, and refuses a late one together with its documents', () =>
    withStores(name, 1, async ([store]) => {
      const on = {
        Happened: (_: object, { documents }: ProjectionContext<{ n: number }>) => documents.set('all', { n: 1 }),
      };
      const counts = defineProjection<{ n: number }>({ name: 'counts', mode: 'inline', on });
      const history = new KnownHistory(store!, {});
      const inline = new InlineEventStore(
        store!,
        [counts],
        new EventReader(),
        { logger: SILENT },
        { changed: () => undefined, failed: () => undefined },
        history,
        new ActiveVersions(store!.projections!, history),
      );
      const [late, claim] = [claimOf('c', { lease: 1 }), claimOf('c', { lease: 5000 })];
      await inline.commands!.claim(late);
      await until(async () => (await inline.commands!.claim(claim)).state === 'claimed', 'a claim after another one');
      const append = [to('c', 'Happened', 'Happened')];
      await expect(inline.append(append, { command: late })).rejects.toMatchObject({ code: 'CLAIM_LOST' });
      expect(await store!.projections!.get('counts', 1, ['all'])).toEqual(new Map());
      const outcome = await inline.append(append, { command: claim });
      expect(await store!.projections!.get('counts', 1, ['all'])).toEqual(new Map([['all', { n: 1 }]]));
      expect(await inline.commands!.claim(claimOf('c'))).toMatchObject({
        state: 'done',
        result: { events: outcome.ok && outcome.events },
      });
    }));
});

async function withPlace(name: StoreName, use: (where: Where, store: EventStore) => Promise<void>): Promise<void> {
  if (name === 'SQLite')
    return withFiles(async each => {
      const store = each.store();
      await use({ file: store.file }, store);
    });
  return withSchema(async schema => {
    const store = schema.open();
    await store.ready();
    await use({ connectionString: schema.server, schema: schema.name }, store);
  });
}

describe.each(DURABLE)('with another process on %s', name => {
  const LEASE = 400;

  test(
    'the claim of a killed process runs out and is taken over',
    () =>
      withPlace(name, async (where, store) => {
        const other = new Program(claiming, { where, id: 'c', lease: LEASE } satisfies Claiming);
        await until(() => other.lines.length === 1, 'the claim of the other process');
        expect(await other.killed()).toEqual(['claimed']);
        const claim = claimOf('c');
        expect((await store.commands!.claim(claim)).state).toBe('running');
        await until(
          async () => (await store.commands!.claim(claim)).state === 'claimed',
          'a claim after that of a killed process',
        );
        const outcome = await store.append([to('c', 'Happened')], { command: claim });
        expect(outcome.ok && outcome.events.length).toBe(1);
      }),
    20_000,
  );

  test(
    'a process that was frozen for longer than its lease writes nothing',
    () =>
      withPlace(name, async (where, store) => {
        const other = new Program(claiming, { where, id: 'c', lease: LEASE } satisfies Claiming);
        await until(() => other.lines.length === 1, 'the claim of the other process');
        other.send('SIGSTOP');
        const claim = claimOf('c');
        try {
          await until(
            async () => (await store.commands!.claim(claim)).state === 'claimed',
            'a claim after that of a frozen process',
          );
        } finally {
          other.send('SIGCONT');
        }
        expect(await other.finished()).toEqual(['claimed', 'CLAIM_LOST']);
        expect(await store.readAll()).toEqual([]);
        await store.append([to('c', 'Happened')], { command: claim });
        expect((await store.readAll()).map(event => event.name)).toEqual(['Happened']);
      }),
    20_000,
  );
});

test('a journal used by itself tells when the claim was lost', async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryCommandJournal({ clock });
  const [late, claim] = [claimOf('c'), claimOf('c')];
  await journal.claim(late);
  clock.advanceBy(1000);
  await journal.claim(claim);
  const store = new InMemoryEventStore();
  const outcome = await store.append([to('c', 'Happened')]);
  const events = outcome.ok ? outcome.events : [];
  expect(() => journal.record(late, events)).toThrow(expect.objectContaining({ code: 'CLAIM_LOST', commandId: 'c' }));
  journal.record(claim, events);
  expect(await journal.claim(claimOf('c'))).toMatchObject({ state: 'done', result: { events } });
});
