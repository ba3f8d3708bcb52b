import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exportEvents, InMemoryEventStore, importEvents } from 'eventuality';
import { InvalidImportError } from 'eventuality/errors';
import { sqlite } from 'eventuality/sqlite';
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
