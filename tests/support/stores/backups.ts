import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '../../../src/adapters/sqlite';
import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';
import type { EventStore } from '../../../src/store';
import { InMemoryEventStore } from '../../../src/store';
import { ForwardingEventStore } from '../../../src/store/kit/stores/forwarding-event-store';
import { Schema } from './schema';
import { tested } from './tested';

/** A store that can be put back to how it was, in one step, while processes run. */
export interface BackedUp {
  /** Opens the store for one more process. */
  open(): EventStore;
  backUp(): Promise<void>;
  restore(): Promise<void>;
  end(): Promise<void>;
}

const TABLES = ['events', 'streams', 'documents', 'checkpoints', 'read_models', 'dead_letters'];
/** In PostgreSQL the version says of itself whether it is active. */
const SQLITE_TABLES = [...TABLES, 'active_models'];
let schemas = 0;

export const BACKED_UP: readonly (readonly [name: string, make: () => BackedUp])[] = tested([
  ['in memory', memory],
  ['in SQLite', file],
  ['in PostgreSQL', schema],
]);

/** Events that take the place of others are of another store in memory. */
class ReplaceableStore extends ForwardingEventStore {
  protected override inner: EventStore = new InMemoryEventStore();

  constructor() {
    super(new InMemoryEventStore());
  }

  replace(inner: EventStore): void {
    this.inner = inner;
  }
}

function memory(): BackedUp {
  const store = new ReplaceableStore();
  let copy: Awaited<ReturnType<EventStore['readAll']>> = [];
  return {
    open: () => store,
    async backUp() {
      copy = await store.readAll();
    },
    restore: async () => store.replace(new InMemoryEventStore({ events: copy })),
    end: () => store.close(),
  };
}

function file(): BackedUp {
  const folder = mkdtempSync(join(tmpdir(), 'eventuality-backup-'));
  const path = join(folder, 'events.db');
  const stores: EventStore[] = [];
  const run = async (statements: readonly string[]): Promise<void> => {
    const shell = loadDriver().open(path);
    shell.exec(`pragma foreign_keys = off; begin immediate; ${statements.join('; ')}; commit`);
    shell.close();
  };
  return {
    open() {
      const store = sqlite(path);
      stores.push(store);
      return store;
    },
    backUp: () => run(SQLITE_TABLES.map(table => `create table copy_of_${table} as select * from ${table}`)),
    restore: () =>
      run(
        SQLITE_TABLES.flatMap(table => [`delete from ${table}`, `insert into ${table} select * from copy_of_${table}`]),
      ),
    async end() {
      await Promise.all(stores.map(store => store.close()));
      rmSync(folder, { recursive: true });
    },
  };
}

function schema(): BackedUp {
  const own = new Schema(`backed_up_${process.pid}_${++schemas}`);
  const table = (name: string): string => `"${own.name}".eventuality_${name}`;
  let last = 0n;
  return {
    open: () => own.open(),
    async backUp() {
      await own.sql(TABLES.map(name => `create table ${table(`copy_of_${name}`)} as table ${table(name)}`).join(';'));
      const [row] = await own.sql(`select last_value from ${table('positions')}`);
      last = row.last_value;
    },
    async restore() {
      const back = TABLES.map(
        name => `delete from ${table(name)}; insert into ${table(name)} select * from ${table(`copy_of_${name}`)};`,
      );
      await own.sql(`begin; ${back.join(' ')} select setval('${table('positions')}', ${last}); commit`);
    },
    end: () => own.end(),
  };
}
