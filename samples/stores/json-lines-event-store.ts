import { closeSync, constants, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { lockFile } from './lock-file';

/** Thrown when a line of the file, other than an unfinished last one, is not what this store wrote. */
export class DamagedFileError extends Error {}

/**
 * Keeps events in a file: a line for each append, so that an append is there as a whole or not at all. Everything is
 * read into memory when the file is opened; versions, conflicts, pages and subscriptions are those of the in-memory
 * store. What projections make of them is in memory only, and made again after each opening. For one process at a time:
 * a second one is refused.
 */
export class JsonLinesEventStore extends InMemoryEventStore {
  private constructor(
    events: Iterable<RecordedEvent>,
    private readonly path: string,
    private end: number,
    private readonly unlock: () => void,
  ) {
    super({ events });
  }

  /** Opens a file; it is made with the first append. @throws DamagedFileError, FileInUseError */
  static open(path: string): JsonLinesEventStore {
    const unlock = lockFile(path);
    let lineNumber = 0;
    function* events(bytes: Buffer): Generator<RecordedEvent> {
      for (let start = 0; start < bytes.length; start = bytes.indexOf('\n', start) + 1) {
        lineNumber++;
        yield* parse(bytes.subarray(start, bytes.indexOf('\n', start)));
      }
    }
    try {
      const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
      // A process that died while writing leaves a line without its end; nobody was told that it was stored.
      const end = bytes.lastIndexOf('\n') + 1;
      return new JsonLinesEventStore(events(bytes.subarray(0, end)), path, end, unlock);
    } catch (cause) {
      unlock();
      if (lineNumber === 0) throw cause;
      const message = `Line ${lineNumber} of ${path} is damaged. Restore the file from a copy, or move it away to start anew.`;
      throw new DamagedFileError(message, { cause });
    }
  }

  /**
   * Returns when the events are on the disk. What could not be written as a whole is cut off, now or before the next
   * append.
   */
  protected override persist(events: readonly RecordedEvent[]): void {
    const line = Buffer.from(
      `${JSON.stringify(events, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`,
    );
    const file = openSync(this.path, constants.O_RDWR | constants.O_CREAT);
    try {
      ftruncateSync(file, this.end);
      for (let done = 0; done < line.length; ) done += writeSync(file, line, done, line.length - done, this.end + done);
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, this.end);
      throw error;
    } finally {
      closeSync(file);
    }
    this.end += line.length;
  }

  override async close(): Promise<void> {
    await super.close();
    this.unlock();
  }
}

function parse(line: Uint8Array): RecordedEvent[] {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  const events = JSON.parse(text) as (Omit<RecordedEvent, 'position'> & { position: string })[];
  return events.map(event => ({ ...event, position: BigInt(event.position) }));
}
