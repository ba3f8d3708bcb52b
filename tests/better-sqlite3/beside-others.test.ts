import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SqliteDriver } from '../../src/adapters/sqlite';
import { SqliteDriverMissingError } from '../../src/adapters/sqlite';
import { betterSqlite3 } from '../../src/adapters/sqlite/connection/better-sqlite3';
import { DRIVERS, loadDriver } from '../../src/adapters/sqlite/connection/load-driver';
import type { EventStore } from '../../src/store';
import {
  eventStoreContract,
  processStoreContract,
  projectionStoreContract,
  snapshotStoreContract,
} from '../../src/testing';
import { to } from '../sqlite/events';
import { testFiles } from '../support/stores/files';
import { partOptions } from '../support/stores/part-options';
import { everything } from '../support/stores/whole-stores';

const files = testFiles();

/** The driver of the package beside this file, or why it cannot be used. */
function installed(): SqliteDriver | string {
  try {
    return betterSqlite3({ folders: [__dirname] });
  } catch (error) {
    if (error instanceof SqliteDriverMissingError) return error.reasons.join(' ');
    throw error;
  }
}

/** Runs the statements that it is told, and says what became of them. */
const OTHER = `
const [library, file] = process.argv.slice(1);
const connection = require(library)(file, { timeout: 0 });
console.log(connection.prepare('select count(*) as n from events').get().n + ' event');
require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  try {
    connection.exec(line);
    console.log('done');
  } catch (error) {
    console.log(error.code);
  }
});
`;

const driver = installed();

if (typeof driver === 'string') {
  test.skip(`better-sqlite3 is skipped: ${driver} In tests/better-sqlite3 \`npm ci\` does it, as .ci/run does.`, () =>
    undefined);
} else {
  const open = (file = files.path()) => files.store(file, { driver });
  const again = (store: EventStore): EventStore => open((store as ReturnType<typeof open>).file);
  const { events, ...snapshots } = partOptions((store: EventStore) => store.snapshots!, open, again);
  const projections = partOptions((store: EventStore) => store.projections!, open, again);
  const { events: _, ...processes } = projections;
  const contracts = {
    events: eventStoreContract({ open: () => open(), reopen: again, openAgain: again, restores: true, commands: true }),
    projections: projectionStoreContract(projections),
    processes: processStoreContract(processes),
    snapshots: snapshotStoreContract(snapshots),
  };

  describe.each(Object.entries(contracts))('better-sqlite3, the contract of %s', (_, cases) => {
    test.each(cases.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);
  });

  test('a process with better-sqlite3 and one with another driver share a file: each sees the events, and the lock, of the other', async () => {
    const store = files.store();
    expect([...DRIVERS]).toContain(store.driver);
    await store.append(to('1', 'none'));
    const other = spawn(process.execPath, ['-e', OTHER, join(__dirname, 'node_modules/better-sqlite3'), store.file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const says = async (line?: string) => {
        if (line) other.stdin.write(`${line}\n`);
        return String((await once(other.stdout, 'data'))[0]).trim();
      };
      expect(await says()).toBe('1 event');
      expect(await says('begin immediate')).toBe('done');
      let stored = false;
      const append = store.append(to('1', 1)).then(outcome => {
        stored = outcome.ok;
      });
      await new Promise(resolve => setTimeout(resolve, 50));
      expect(stored).toBe(false);
      expect(await says("update events set name = 'Renamed'")).toBe('done');
      expect(await says('commit')).toBe('done');
      await append;
      expect((await everything(store)).map(({ name, version }) => [name, version])).toEqual([
        ['Renamed', 1],
        ['Happened', 2],
      ]);
      const shell = files.shell(store.file);
      shell.exec('begin immediate');
      expect(await says('begin immediate')).toBe('SQLITE_BUSY');
      shell.exec('commit');
      expect(await says('begin immediate; rollback')).toBe('done');
    } finally {
      other.kill();
      await once(other, 'close');
    }
  });

  test('it is preferred to the slower one where both are found', () => {
    const isFound = (process.env.NODE_PATH ?? '').includes('better-sqlite3') && loadDriver().name !== 'node:sqlite';
    if (isFound) expect(loadDriver().name).toBe('better-sqlite3');
    else expect(DRIVERS.indexOf('better-sqlite3')).toBeLessThan(DRIVERS.indexOf('@photostructure/sqlite'));
  });
}
