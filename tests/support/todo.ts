import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../samples/todo/cli';
import { openStore, type Place } from '../../samples/todo/store';
import type { RecordedEvent } from '../../src/messages';
import { type TestSchema, url } from './stores/schema';

/** What follows where there is no such command. */
export const KNOWN = 'There are: add, complete, rename, list, history, rebuild, help.';

/** The command line of the Todo sample, in each test with a file of its own that is not there yet. */
export class TodoLine {
  readonly folder = mkdtempSync(join(tmpdir(), 'eventuality-todo-'));
  place: Place = { file: '' };
  #files = 0;

  constructor() {
    beforeEach(() => {
      this.place = { file: join(this.folder, `${++this.#files}.db`) };
    });
    afterAll(() => rmSync(this.folder, { recursive: true }));
  }

  async run(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await run(args, { out: line => out.push(line), err: line => err.push(line), place: this.place });
    return { code, out, err };
  }

  /** Everything that is stored. */
  async stored(): Promise<readonly RecordedEvent[]> {
    const store = openStore(this.place);
    const events = await store.readAll();
    await store.close();
    return events;
  }

  /** Where the todos may be kept, by name. */
  places(schema: TestSchema): readonly [string, () => Promise<Place>][] {
    const server = { file: join(this.folder, 'unused.db'), databaseUrl: url, schema: schema.name };
    return [
      ['in a SQLite file', async () => this.place],
      [
        'in PostgreSQL',
        async () => {
          await schema.sql(`drop schema if exists "${schema.name}" cascade`);
          return server;
        },
      ],
    ];
  }
}
