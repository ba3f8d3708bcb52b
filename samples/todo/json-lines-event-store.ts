import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { InMemoryEventStore, type RecordedEvent } from 'eventuality';

/** Thrown when a line of the file, other than an unfinished last one, cannot be read. */
export class DamagedFileError extends Error {}

/**
 * Keeps events in a file: a line for each append, so that an append is there as a whole or not at all. Everything is read into memory
 * when the file is opened; versions, conflicts, pages and subscriptions are those of the in-memory store.
 * For one process at a time.
 */
export class JsonLinesEventStore extends InMemoryEventStore {
  readonly #file: number;
  #end: number;
  #open = true;

  constructor(path: string) {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    // A process that died while writing leaves a line without its end; nobody was told that it was stored.
    const end = bytes.lastIndexOf('\n') + 1;
    super({ events: parse(bytes.subarray(0, end).toString(), path) });
    this.#end = end;
    this.#file = openSync(path, existsSync(path) ? 'r+' : 'w+');
    if (end < bytes.length) ftruncateSync(this.#file, end);
  }

  /** Returns when the events are on the disk. What could not be written as a whole is cut off again. */
  protected override persist(events: readonly RecordedEvent[]): void {
    const line = Buffer.from(`${JSON.stringify(events, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`);
    try {
      for (let written = 0; written < line.length; )
        written += writeSync(this.#file, line, written, line.length - written, this.#end + written);
      fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#end);
      throw error;
    }
    this.#end += line.length;
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

function parse(text: string, path: string): RecordedEvent[] {
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    try {
      const events = JSON.parse(line) as (Omit<RecordedEvent, 'position'> & { position: string })[];
      return events.map(event => ({ ...event, position: BigInt(event.position) }));
    } catch (error) {
      throw new DamagedFileError(`Line ${index + 1} of ${path} is damaged. Restore the file from a copy, or move it away to start anew.`, {
        cause: error,
      });
    }
  });
}
