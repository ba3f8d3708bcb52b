import type { EventStore } from '../../src/store';
import type { Random } from '../support/random';
import type { Files } from '../support/stores/files';
import { type Schema } from '../support/stores/schema';
import { withFiles, withSchema } from '../support/stores/stores';
import type { Where } from '../support/stores/where';
import { pause } from '../support/waiting';

const TABLES = ['checkpoints', 'leases', 'commands', 'documents'] as const;
const LONGEST_LOCK = 1000;

/** How many rows the tables have. */
export type Rows = Readonly<Record<(typeof TABLES)[number], number>>;

/** Where a soak takes place. */
export interface SoakPlace {
  /** A store of the test's own. */
  readonly store: EventStore;
  /** Where the processes have theirs. */
  readonly where: Where;
  readonly folder: string;
  /**
   * Takes from the processes what they work with: ends their backends, or keeps their file locked for a while. Returns
   * how many.
   */
  cut(random: Random): Promise<number>;
  rows(): Promise<Rows>;
}

/** Lends a place of a durable store; it is gone after its use. */
export const withPlace = <T>(name: 'SQLite' | 'PostgreSQL', use: (place: SoakPlace) => Promise<T>): Promise<T> =>
  withFiles(files =>
    name === 'SQLite' ? use(fileOf(files)) : withSchema(schema => use(schemaOf(schema, files.folder))),
  );

function fileOf(files: Files): SoakPlace {
  const file = files.path();
  return {
    ...{ store: files.store(file), where: { file }, folder: files.folder },
    async cut(random) {
      const shell = files.shell(file);
      shell.exec('pragma busy_timeout = 5000; begin immediate');
      await pause(random.below(LONGEST_LOCK));
      shell.exec('rollback');
      return 1;
    },
    async rows() {
      const shell = files.shell(file);
      const count = (table: string): [string, number] => [
        table,
        Number(Object.values(shell.prepare(`select count(*) from ${table}`).all()[0] as object)[0]),
      ];
      return Object.fromEntries(TABLES.map(count)) as unknown as Rows;
    },
  };
}

function schemaOf(schema: Schema, folder: string): SoakPlace {
  const application = `soak_${process.pid}`;
  const url = new URL(schema.server);
  url.searchParams.set('application_name', application);
  return {
    ...{ store: schema.open(), where: { connectionString: url.href, schema: schema.name }, folder },
    async cut(random) {
      const sql =
        'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 order by random() limit $2';
      return (await schema.sql(sql, [application, 1 + random.below(6)])).length;
    },
    async rows() {
      const count = async (table: string): Promise<[string, number]> => {
        const [{ rows }] = await schema.sql(`select count(*)::int as rows from "${schema.name}".eventuality_${table}`);
        return [table, rows];
      };
      return Object.fromEntries(await Promise.all(TABLES.map(count))) as unknown as Rows;
    },
  };
}
