import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, InMemoryEventStore } from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { Schema } from './schema';
import { tested } from './tested';

/** A place for events that several stores can be opened in, where it is durable. */
export interface Place {
  open(): EventStore;
  end(): Promise<void>;
}

let schemas = 0;

/** The stores that the read side is tested with; in memory there is one process, so all who open get the same store. */
export const PLACES: readonly (readonly [name: string, make: () => Place])[] = tested([
  ['in memory', memory],
  ['in SQLite', file],
  ['in PostgreSQL', schema],
]);

function memory(): Place {
  const store = new InMemoryEventStore();
  return { open: () => store, end: () => store.close() };
}

function file(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'eventuality-read-side-'));
  const opened: EventStore[] = [];
  return {
    open() {
      const store = sqlite(join(folder, 'events.db'));
      opened.push(store);
      return store;
    },
    async end() {
      await Promise.all(opened.map(store => store.close()));
      rmSync(folder, { recursive: true });
    },
  };
}

function schema(): Place {
  const own = new Schema(`read_side_${process.pid}_${++schemas}`);
  // A test may open ten: together they stay below what a server takes by default.
  return { open: () => own.open({ maxConnections: 4 }), end: () => own.end() };
}
