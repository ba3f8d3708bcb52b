import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type EventStore, exportEvents, InMemoryEventStore, importEvents, type RecordedEvent } from 'eventuality';
import { InvalidImportError } from 'eventuality/errors';
import { sqlite } from 'eventuality/sqlite';
import {
  CustomEventStore,
  eventsToRestore,
  isExpected,
  recordEvent,
  type StreamName,
  sealRestored,
  storePage,
} from 'eventuality/store-kit';
import { eventStoreContract } from 'eventuality/testing';
import { everything } from '../support/stores/whole-stores';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-docs-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const store = new InMemoryEventStore({ clock: { now: () => Date.UTC(2026, 0, 31, 12) } });
const add = (id: string, description: string): Promise<unknown> =>
  store.append([
    {
      stream: { aggregateName: 'Todo', aggregateId: id },
      expected: 'none',
      events: [{ name: 'TodoCreated', payload: { description } }],
    },
  ]);

test('the page about export and import', async () => {
  const file = join(folder, 'todo.jsonl');
  const other = sqlite(join(folder, 'todo.db'));
  await add('1', 'Buy milk');
  await add('2', 'Write the report');

  // #region export
  await pipeline(exportEvents(store), createWriteStream(file));
  // #endregion export
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);

  // #region import
  const { imported, skipped, position } = await importEvents(other, createReadStream(file));
  // #endregion import
  expect([imported, skipped, position]).toEqual([2, 0, 2n]);
  expect(await everything(other)).toEqual(await everything(store));

  await add('3', 'Call ann');
  const printed: string[] = [];
  const print = (line: string): number => printed.push(line);
  // #region later
  const later = await importEvents(other, exportEvents(store, { after: position }), {
    progress: report => print(`${report.imported} imported, ${report.skipped} skipped`),
    signal: AbortSignal.timeout(60_000),
  });
  // #endregion later
  expect(printed).toEqual(['1 imported, 0 skipped']);
  expect(later).toEqual({ imported: 1, skipped: 0, position: 3n });

  const damaged = join(folder, 'damaged.jsonl');
  writeFileSync(damaged, '{"id":\n');
  const complaints: string[] = [];
  const complain = (line: number, fault: string): number => complaints.push(`${line}: ${fault}`);
  // #region damaged
  try {
    await importEvents(other, createReadStream(damaged));
  } catch (error) {
    if (!(error instanceof InvalidImportError)) throw error;
    complain(error.line, error.fault);
  }
  // #endregion damaged
  expect(complaints).toEqual([expect.stringMatching(/^1: it is not JSON/)]);
  await other.close();
});

describe('a custom store with restore', () => {
  const is =
    ({ aggregateName, aggregateId }: StreamName) =>
    (event: RecordedEvent): boolean =>
      event.aggregateName === aggregateName && event.aggregateId === aggregateId;

  function listStore(log: RecordedEvent[] = []): EventStore {
    return new CustomEventStore({
      async append(appends) {
        const conflicts = appends
          .map(({ stream, expected }) => ({ stream, expected, actual: log.filter(is(stream)).length }))
          .filter(({ expected, actual }) => !isExpected(expected, actual));
        if (conflicts.length > 0) return { ok: false, conflicts };
        const events = appends.flatMap(({ stream, events }) => {
          const version = log.filter(is(stream)).length;
          return events.map((event, n) =>
            recordEvent(event, stream, version + n + 1, (log.at(-1)?.position ?? 0n) + BigInt(n + 1), NOW),
          );
        });
        log.push(...events);
        return { ok: true, events };
      },
      readAll: async page => {
        const { after, limit } = storePage(page);
        return log.filter(event => event.position > after).slice(0, limit);
      },
      // #region restore
      async restore(events) {
        const whole = sealRestored(events);
        const fresh = eventsToRestore(whole, {
          last: log.at(-1)?.position ?? 0n,
          stored: id => log.find(event => event.id === id),
          versionOf: stream => log.filter(is(stream)).length,
        });
        log.push(...fresh); // durable, all or nothing
        return { restored: fresh.length, skipped: whole.length - fresh.length };
      },
      // #endregion restore
    });
  }

  const NOW = '2026-01-31T12:00:00.000Z';
  const cases = eventStoreContract({ open: () => listStore(), restores: true }).filter(({ name }) =>
    /restore|skips what/.test(name),
  );
  // It does not look for ids when it appends.
  const beyondThisList = ['answers a repeated append of restored events with what is stored'];
  test.each(cases.filter(({ name }) => !beyondThisList.includes(name)))('$name', ({ run }) => run());
});
