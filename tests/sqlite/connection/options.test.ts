import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { SqliteDriverMissingError, type SqliteOptions, SqliteOptionsError, sqlite } from '../../../src/adapters/sqlite';
import { betterSqlite3 } from '../../../src/adapters/sqlite/connection/better-sqlite3';
import { DRIVERS, type SqliteDriverName } from '../../../src/adapters/sqlite/connection/load-driver';
import { nodeSqlite } from '../../../src/adapters/sqlite/connection/node-sqlite';
import { photostructureSqlite } from '../../../src/adapters/sqlite/connection/photostructure-sqlite';
import { testFiles } from '../../support/stores/files';
import { to } from '../events';

const files = testFiles();

function thrown<E extends Error>(type: new (...args: never[]) => E, call: () => unknown): E {
  try {
    call();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error(`no ${type.name} was thrown`);
}

/** A folder that holds a package of that version, in which there is nothing. */
function folderWith(version: string, name = 'better-sqlite3'): string {
  const folder = mkdtempSync(join(files.folder, 'installed-'));
  const installed = join(folder, 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name, version, main: 'lib/index.js' }));
  return folder;
}

describe('options', () => {
  const wrong: [string, object, string][] = [
    ['synchronous', { synchronous: 'off' }, "synchronous is 'off'; it must be 'full' or 'normal'."],
    [
      'driver',
      { driver: 'sqlite3' },
      "driver is 'sqlite3'; it must be 'node:sqlite', 'better-sqlite3', '@photostructure/sqlite', or an object with open(file).",
    ],
    ['driver', { driver: null }, 'driver is null'],
    ['create', { create: 'no' as never }, "create is 'no'; it must be true or false."],
    ['busyTimeout', { busyTimeout: -1 }, 'busyTimeout is -1; it must be an integer from 0 to 600000.'],
    ['pollEvery', { pollEvery: 0 }, 'pollEvery is 0; it must be an integer from 1 to 60000.'],
    ['maxPayloadBytes', { maxPayloadBytes: '1 MiB' }, "maxPayloadBytes is '1 MiB'"],
    [
      'clock',
      { clock: {} },
      'clock has no method now; give a clock, an object with a method now, such as systemClock.',
    ],
    ['an unknown name', { busyTimeOut: 5 }, "'busyTimeOut' is not an option. Did you mean 'busyTimeout'?"],
  ];

  test.each(wrong)('a wrong value is refused: %s', (_, options, message) => {
    const error = thrown(SqliteOptionsError, () => sqlite(files.path(), options as SqliteOptions));
    expect(error.code).toBe('SQLITE_OPTIONS');
    expect(error.message).toContain(message);
  });

  test.each([undefined, null, 5, '', '  ', 'a\0b', 'file:todo.db'])('a file that is %p is refused', file => {
    expect(thrown(SqliteOptionsError, () => sqlite(file as string)).message).toContain('file is');
  });

  test('all faults are reported together', () => {
    const options = { synchronous: 'off', pollEvery: 0, speed: 'high' } as unknown as SqliteOptions;
    expect(thrown(SqliteOptionsError, () => sqlite('', options)).faults).toHaveLength(4);
  });

  test('a relative path is resolved when the store is made, so that it can be named', () => {
    const store = files.store(join(files.folder, 'x', '..', 'relative.db'));
    expect(store.file).toBe(join(files.folder, 'relative.db'));
  });

  test('recordedAt is taken from the clock given', async () => {
    const store = files.store(files.path(), { clock: { now: () => Date.UTC(2020, 1, 2) } });
    const outcome = await store.append(to('1'));
    expect(outcome.ok && outcome.events[0]!.recordedAt).toBe('2020-02-02T00:00:00.000Z');
  });
});

describe('drivers', () => {
  test("Node's own is refused before Node 22.13", () => {
    for (const version of ['20.19.0', '22.12.0']) {
      const error = thrown(SqliteDriverMissingError, () => nodeSqlite(version));
      expect(error.code).toBe('SQLITE_DRIVER_MISSING');
      expect(error.message).toContain(`this is ${version}`);
    }
  });

  // In every folder the packages of NODE_PATH are found, too: .ci/run names better-sqlite3 there.
  (process.env.NODE_PATH ? test.skip : test)(
    'a package that is not installed is named, with the command that fits this Node',
    () => {
      const folders = [parse(tmpdir()).root]; // A folder has the packages of those above it: this one has none above.
      const message = (nodeVersion: string) =>
        thrown(SqliteDriverMissingError, () => betterSqlite3({ folders, nodeVersion })).message;
      expect(message('20.19.0')).toContain('npm install better-sqlite3@12');
      expect(message('24.1.0')).toContain('npm install better-sqlite3@13');
      const { reasons } = thrown(SqliteDriverMissingError, () => photostructureSqlite({ folders }));
      expect(reasons).toEqual([
        'The package @photostructure/sqlite is not installed. Install it: npm install @photostructure/sqlite@1',
      ]);
    },
  );

  test('better-sqlite3 13 is not loaded on Node 20, where it would end the process', () => {
    const folders = [folderWith('13.2.0')];
    const error = thrown(SqliteDriverMissingError, () => betterSqlite3({ folders, nodeVersion: '20.20.2' }));
    expect(error.message).toContain('better-sqlite3 13.2.0 needs Node 22, this is 20.20.2');
    expect(error.message).toContain('npm install better-sqlite3@12');
  });

  test('a package that does not load is reported with its reason', () => {
    const error = thrown(SqliteDriverMissingError, () => betterSqlite3({ folders: [folderWith('12.11.1')] }));
    expect(error.message).toContain('better-sqlite3 12.11.1 does not load: Cannot find module');
    expect(error.cause).toBeDefined();
    const folders = [folderWith('1.2.1', '@photostructure/sqlite')];
    expect(thrown(SqliteDriverMissingError, () => photostructureSqlite({ folders })).message).toContain(
      '@photostructure/sqlite 1.2.1 does not load: Cannot find module',
    );
  });

  test('a driver that is asked for by name is the one used, or refused', () => {
    const store = files.store(files.path());
    expect(DRIVERS).toContain(store.driver);
    expect(files.store(files.path(), { driver: store.driver as SqliteDriverName }).driver).toBe(store.driver);
    if (store.driver === 'node:sqlite') return;
    expect(
      thrown(SqliteDriverMissingError, () => sqlite(files.path(), { driver: 'node:sqlite' })).reasons,
    ).toHaveLength(1);
  });
});
